import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { configMapName } from '../decision/config.ts';
import type { Revision } from '../decision/revision.ts';
import { type Choice, chooseManifests, minorOf } from '../installation/choose-manifests.ts';
import { groupOf, type Manifest, pathOf, resourceOf } from '../installation/manifest.ts';
import type { Surroundings } from '../installation/preflight.ts';
import { type Api, openApi } from './api.ts';
import type { Connection } from './load-kube-config.ts';
import { unlessForbidden } from './unless-forbidden.ts';

/** What it takes to apply an object from the server's side. */
const verbs = ['create', 'patch'] as const;

export interface InstallInput extends Connection, Choice {}

/** Reads what {@link preflight} judges, and which objects fit the cluster. @throws ApiError */
export async function readForPreflight(
  input: InstallInput,
  api: Api = openApi(input),
): Promise<{ readonly around: Surroundings; readonly manifests: readonly Manifest[] }> {
  const version = await api.get('/version');
  const manifests = chooseManifests(minorOf(version), input);
  const registration = '/apis/admissionregistration.k8s.io/v1';
  const [nodes, namespaces, mutatingConfigurations, present, denied, configs] = await Promise.all([
    unlessForbidden(api.list('/api/v1/nodes')),
    unlessForbidden(api.list('/api/v1/namespaces')),
    unlessForbidden(api.list(`${registration}/mutatingwebhookconfigurations`)),
    Promise.all(manifests.map((one) => unlessForbidden(api.get(pathOf(one))))),
    findDenied(api, manifests),
    readConfigs(api, manifests, input.revision),
  ]);
  return {
    manifests,
    around: {
      version,
      nodes,
      namespaces,
      mutatingConfigurations,
      present: present.flatMap((one) => (one.kind === 'read' && one.value !== undefined ? [one.value] : [])),
      denied,
      ...(configs && { configs }),
    },
  };
}

async function readConfigs(
  api: Api,
  manifests: readonly Manifest[],
  revision: Revision,
): Promise<Surroundings['configs']> {
  if (revision === undefined) return undefined;
  const namespace = manifests.find(({ kind }) => kind === 'Namespace')?.metadata.name;
  const read = async (name: string): Promise<JsonObject | undefined> => {
    const map = await unlessForbidden(api.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`));
    return map.kind === 'read' ? map.value : undefined;
  };
  const [own, first] = await Promise.all([read(configMapName(revision)), read(configMapName())]);
  return { revision, own, first };
}

async function findDenied(api: Api, manifests: readonly Manifest[]): Promise<Surroundings['denied']> {
  const asked = manifests.flatMap((manifest) => verbs.map((verb) => ({ verb, manifest })));
  const answers = await Promise.all(asked.map(({ verb, manifest }) => isAllowed(api, verb, manifest)));
  return asked.filter((_, index) => !answers[index]);
}

async function isAllowed(api: Api, verb: string, manifest: Manifest): Promise<boolean> {
  const { name, namespace } = manifest.metadata;
  const resourceAttributes = {
    ...{ verb, group: groupOf(manifest), resource: resourceOf(manifest), name },
    ...(namespace !== undefined && { namespace }),
  };
  const review: JsonObject = await api.send(
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    },
  );
  return valueAt(review, ['status', 'allowed']) === true;
}
