import type { WarningEvent } from '../admission/denial.ts';
import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { listProblems } from '../admission/problems.ts';
import type { ConfigKeeper } from '../server/config-keeper.ts';
import { textsIn } from './namespace-in.ts';
import { type WatchedOne, watchOne } from './watch-one.ts';

/**
 * Offers each version of the ConfigMap to `take`, and its absence. What `take` says is wrong with a version becomes
 * an Event on it. Settles once a version has been taken: without one, nobody knows what the cluster enforces.
 */
export async function watchConfigMap(
  input: Omit<WatchedOne, 'path'> & { readonly namespace: string },
  take: ConfigKeeper['take'],
  post: (event: WarningEvent) => Promise<void>,
): Promise<void> {
  const taken = Promise.withResolvers<void>();
  const offer = (map: JsonObject | undefined): void => {
    const problems = take(map && textsIn(map.data));
    if (problems.length === 0) taken.resolve();
    else if (map !== undefined) {
      post(refusal(map, problems)).catch((error) => input.log.warn({ err: error }, 'event not posted'));
    }
  };
  const path = `/api/v1/namespaces/${input.namespace}/configmaps`;
  await watchOne({ ...input, path }, offer);
  await taken.promise;
}

function refusal(map: JsonObject, problems: readonly string[]): WarningEvent {
  const of = (field: string): string => String(valueAt(map, ['metadata', field]) ?? '');
  const [name, namespace, uid] = [of('name'), of('namespace'), of('uid')];
  return {
    name: `${name}.${uid}.${of('resourceVersion')}`,
    namespace,
    about: { apiVersion: 'v1', kind: 'ConfigMap', name, namespace, uid },
    reason: 'ConfigurationRefused',
    message: listProblems(problems),
  };
}
