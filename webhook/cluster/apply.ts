import { type JsonObject, objectsOf } from '../admission/json.ts';
import { type Change, changeOf } from '../installation/changes.ts';
import { type Manifest, pathOf, titleOf } from '../installation/manifest.ts';
import type { Api } from './api.ts';
import { ApiError } from './api-error.ts';

/** As whom the API server remembers who has set which field. */
const manager = 'outrider';

/** Of all that is installed; by the second it is found again. */
const labels = { 'app.kubernetes.io/name': 'outrider', 'app.kubernetes.io/part-of': 'outrider' };

export interface ApplyOptions {
  /** Nothing is kept. */
  readonly dryRun: boolean;
  /** Take the fields that others have set. */
  readonly force: boolean;
}

/** Server-side apply: fields of others stay, and a field that somebody else has set otherwise is a conflict. @throws ApiError */
export async function applyManifest(
  api: Api,
  manifest: Manifest,
  { dryRun, force }: ApplyOptions,
): Promise<Change> {
  const path = pathOf(manifest);
  const before = await api.get(path);
  const query = `fieldManager=${manager}&force=${force}${dryRun ? '&dryRun=All' : ''}`;
  try {
    return changeOf(before, await api.send('PATCH', `${path}?${query}`, manifest, 'apply-patch+yaml'));
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.code !== 'conflict') throw cause;
    const remedy = '--force-conflicts takes it back';
    throw new ApiError('conflict', `${titleOf(manifest)}: ${cause.message}: ${remedy}`, { cause });
  }
}

/** Writes the keys into the data of a ConfigMap, beside those that are there. @throws ApiError */
export async function mergeSettings(
  api: Api,
  at: { readonly namespace: string; readonly name: string },
  data: Readonly<Record<string, string>>,
): Promise<void> {
  const maps = `/api/v1/namespaces/${at.namespace}/configmaps`;
  const there = await api.get(`${maps}/${at.name}`);
  if (there === undefined) {
    const metadata = { name: at.name, labels };
    await api.send('POST', `${maps}?fieldManager=${manager}`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data,
    });
  } else {
    await api.send('PATCH', `${maps}/${at.name}?fieldManager=${manager}`, { data }, 'merge-patch+json');
  }
}

/** The Deployment's pods, whatever ReplicaSet they are of. */
export async function podsOf(
  api: Api,
  deployment: JsonObject,
  namespace: string,
): Promise<readonly JsonObject[]> {
  const { matchLabels = {} } = (deployment.spec as { selector: { matchLabels?: Record<string, string> } })
    .selector;
  const selector = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const query = `labelSelector=${encodeURIComponent(selector.join(','))}`;
  return objectsOf(await api.list(`/api/v1/namespaces/${namespace}/pods?${query}`));
}
