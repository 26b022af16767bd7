import type { Namespace } from '../admission/inject-review.ts';
import { isObject, type JsonObject, objectOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { configMapName } from '../decision/config.ts';
import { readPublished } from '../decision/published.ts';
import { nameIn, type Revision } from '../decision/revision.ts';
import { type Installed, type OfRevision, revisionsOf, type Snapshot } from '../status/snapshot.ts';
import { type Api, openApi } from './api.ts';
import { ApiError } from './api-error.ts';
import type { Connection } from './load-kube-config.ts';
import { namespaceIn, textsIn } from './namespace-in.ts';
import { publishedPath } from './published-settings.ts';
import { unlessForbidden } from './unless-forbidden.ts';

export interface StatusScope extends Connection {
  /** That of the context where there is none. */
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly outriderNamespace: string;
  readonly secret: string;
}

/** The label of all that is installed. */
const ours = 'labelSelector=app.kubernetes.io/part-of%3Doutrider';

/** Reads what the status is told from, all at once. @throws ApiError */
export async function readForStatus(scope: StatusScope): Promise<Snapshot> {
  const api = openApi(scope);
  const only = scope.allNamespaces ? undefined : (scope.namespace ?? api.namespace);
  const own = `namespaces/${scope.outriderNamespace}`;
  const [pods, namespaces, installed, published] = await Promise.all([
    api.list(only === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${only}/pods`),
    readNamespaces(api, only),
    unlessForbidden(readInstalled(api, own)),
    unlessForbidden(api.list(publishedPath(scope.outriderNamespace))),
  ]);
  const named = revisionsOf(installed).filter((revision) => revision !== undefined);
  const [ofNone, ofRevisions] = await Promise.all([
    readRevision(api, scope, undefined),
    Promise.all(named.map(async (name) => [name, await readRevision(api, scope, name)] as const)),
  ]);
  return {
    ...{ pods, namespaces, installed, ...ofNone },
    revisions: new Map(ofRevisions),
    published: published.kind === 'read' ? published.value.map(readPublished) : [],
  };
}

async function readRevision(
  api: Api,
  { outriderNamespace, secret }: StatusScope,
  revision: Revision,
): Promise<OfRevision> {
  const own = `/api/v1/namespaces/${outriderNamespace}`;
  const [config, certificate] = await Promise.all([
    unlessForbidden(api.get(`${own}/configmaps/${configMapName(revision)}`)),
    unlessForbidden(api.get(`${own}/secrets/${nameIn(revision, secret)}`)),
  ]);
  return {
    config: config.kind === 'read' ? { ...config, value: textsIn(objectOf(config.value).data) } : config,
    certificate:
      certificate.kind === 'read' ? { ...certificate, value: certificateIn(certificate.value) } : certificate,
  };
}

async function readNamespaces(api: Api, only: string | undefined): Promise<ReadonlyMap<string, Namespace>> {
  if (only === undefined) {
    const namespaces = await api.list('/api/v1/namespaces');
    return new Map(namespaces.map((one) => [String(valueAt(one, ['metadata', 'name'])), namespaceIn(one)]));
  }
  const one = await api.get(`/api/v1/namespaces/${only}`);
  if (one === undefined) {
    throw new ApiError('refused', `there is no namespace ${only}: give another with -n, or all with -A`);
  }
  return new Map([[only, namespaceIn(one)]]);
}

async function readInstalled(api: Api, own: string): Promise<Installed> {
  const registration = '/apis/admissionregistration.k8s.io/v1';
  const [deployments, mutating, validating] = await Promise.all([
    api.list(`/apis/apps/v1/${own}/deployments?${ours}`),
    api.list(`${registration}/mutatingwebhookconfigurations?${ours}`),
    api.list(`${registration}/validatingwebhookconfigurations?${ours}`),
  ]);
  // Objects of a list do not say their kind.
  const named = (kind: string, objects: readonly JsonObject[]) => objects.map((one) => ({ ...one, kind }));
  return {
    deployments,
    configurations: [
      ...named('MutatingWebhookConfiguration', mutating),
      ...named('ValidatingWebhookConfiguration', validating),
    ],
  };
}

function certificateIn(secret: JsonObject | undefined): string | undefined {
  const text = isObject(secret) ? objectOf(secret.data)['tls.crt'] : undefined;
  return typeof text === 'string' ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}
