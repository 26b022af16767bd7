import { type JsonObject, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { type Change, changeOf } from '../installation/changes.ts';
import { type Manifest, pathOf, titleOf } from '../installation/manifest.ts';
import { fieldManager, isConflictOfKubectl, takeFromKubectl } from '../installation/ownership.ts';
import type { Api } from './api.ts';
import { ApiError } from './api-error.ts';

/** Of all that is installed; by the second it is found again. */
const labels = { 'app.kubernetes.io/name': 'outrider', 'app.kubernetes.io/part-of': 'outrider' };

export interface ApplyOptions {
  /** Nothing is kept. */
  readonly dryRun: boolean;
  /** Take the fields that others have set. */
  readonly force: boolean;
  /** Take over what `kubectl apply` has installed. */
  readonly takeOwnership: boolean;
}

/** The API server refuses a change of what somebody else has changed since it was read. */
const attempts = 5;

/** Server-side apply: fields of others stay, and a field that somebody else has set otherwise is a conflict. @throws ApiError */
export async function applyManifest(
  api: Api,
  manifest: Manifest,
  { dryRun, force, takeOwnership }: ApplyOptions,
): Promise<Change> {
  const path = pathOf(manifest);
  const before = await api.get(path);
  const apply = (forced: boolean): Promise<JsonObject> => {
    const query = `fieldManager=${fieldManager}&force=${forced}${dryRun ? '&dryRun=All' : ''}`;
    return api.send('PATCH', `${path}?${query}`, manifest, 'apply-patch+yaml');
  };
  if (takeOwnership && !dryRun) await takeOver(api, path);
  try {
    return changeOf(before, await apply(force));
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.code !== 'conflict') throw cause;
    // A dry run has taken nothing yet.
    if (takeOwnership && dryRun && isConflictOfKubectl(cause.message))
      return changeOf(before, await apply(true));
    const remedy = '--force-conflicts takes it back';
    throw new ApiError('conflict', `${titleOf(manifest)}: ${cause.message}: ${remedy}`, { cause });
  }
}

/** Has the API server remember as ours what `kubectl apply` has set. @throws ApiError */
async function takeOver(api: Api, path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const object = await api.get(path);
    const managedFields = object && takeFromKubectl(object);
    if (managedFields === undefined) return;
    const metadata = { managedFields, resourceVersion: valueAt(object, ['metadata', 'resourceVersion']) };
    try {
      await api.send('PATCH', `${path}?fieldManager=${fieldManager}`, { metadata }, 'merge-patch+json');
      return;
    } catch (cause) {
      if (!(cause instanceof ApiError) || cause.code !== 'conflict' || attempt === attempts) throw cause;
    }
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
    await api.send('POST', `${maps}?fieldManager=${fieldManager}`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data,
    });
  } else {
    await api.send('PATCH', `${maps}/${at.name}?fieldManager=${fieldManager}`, { data }, 'merge-patch+json');
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
