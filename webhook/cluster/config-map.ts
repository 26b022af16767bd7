import { CoreV1Api, type KubeConfig, type V1ConfigMap } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { listProblems } from '../admission/problems.ts';
import { configMapName } from '../decision/config.ts';
import type { ConfigKeeper } from '../server/config-keeper.ts';
import { postWarning } from './events.ts';
import { watchOne } from './watch-one.ts';

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

  const maps = {
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    name: configMapName,
    list: (fieldSelector: string) => api.listNamespacedConfigMap({ namespace, fieldSelector }),
  };
  await watchOne<V1ConfigMap>(config, maps, offer, log);
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
