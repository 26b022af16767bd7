import { setTimeout } from 'node:timers/promises';
import { CoreV1Api, type KubeConfig, ListWatch, type V1ConfigMap, Watch } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { listProblems } from '../admission/problems.ts';
import { configMapName } from '../decision/config.ts';
import type { ConfigKeeper } from '../server/config-keeper.ts';
import { postWarning } from './events.ts';

/** How long a watch that broke, or a list that failed, rests before the next try. */
const restMilliseconds = 1000;

/**
 * Offers each version of the ConfigMap to `take`, and its absence. What `take` says is wrong with a version becomes
 * an Event on it. Settles once a version has been taken: without one, nobody knows what the cluster enforces.
 */
export async function watchConfigMap(
  config: KubeConfig,
  namespace: string,
  take: ConfigKeeper['take'],
  log: Logger,
): Promise<void> {
  const api = config.makeApiClient(CoreV1Api);
  const taken = Promise.withResolvers<void>();
  const offer = (map: V1ConfigMap | undefined): void => {
    const problems = take(map && (map.data ?? {}));
    if (problems.length === 0) taken.resolve();
    else if (map !== undefined) {
      tell(api, map, problems).catch((error) => log.warn({ err: error }, 'event not posted'));
    }
  };

  const fieldSelector = `metadata.name=${configMapName}`;
  let listed = false;
  const list = async () => {
    const maps = await api.listNamespacedConfigMap({ namespace, fieldSelector });
    if (maps.items.length === 0 && !listed) offer(undefined);
    listed = true;
    return maps;
  };
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const watch = new ListWatch<V1ConfigMap>(path, new Watch(config), list, false, undefined, fieldSelector);
  watch.on('add', offer);
  watch.on('update', offer);
  watch.on('delete', () => offer(undefined));
  watch.on('error', (error) => {
    log.warn({ err: error }, 'watch of the configuration broke');
    if (listed) void setTimeout(restMilliseconds).then(() => watch.start());
  });
  // A failed list is reported to the error handler alone, and settles.
  for (await watch.start(); !listed; await watch.start()) await setTimeout(restMilliseconds);
  await taken.promise;
}

async function tell(
  api: CoreV1Api,
  { metadata = {} }: V1ConfigMap,
  problems: readonly string[],
): Promise<void> {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata;
  await postWarning(api, {
    name: `${name}.${uid}.${resourceVersion}`,
    namespace,
    about: { apiVersion: 'v1', kind: 'ConfigMap', name, namespace, uid },
    reason: 'ConfigurationRefused',
    message: listProblems(problems),
  });
}
