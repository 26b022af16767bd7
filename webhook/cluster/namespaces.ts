import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { CoreV1Api, type KubeConfig, makeInformer, type V1Namespace } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { NamespaceLookup } from '../server/app.ts';
import { unless } from './unless.ts';

/** How long a watch that broke, or a list that failed, rests before the next try. */
const restMilliseconds = 1000;

/** The API server waits 5 s for an answer (`timeoutSeconds`): a denial with its reason has to come before that. */
const liveGetMilliseconds = 2000;

/**
 * Watches all namespaces. The promise settles once the cache holds every one; from then on a look-up is a look into
 * memory. A name that the cache lacks, as that of a namespace made a moment ago, costs one live GET, bounded in time.
 */
export async function watchNamespaces(config: KubeConfig, log: Logger): Promise<NamespaceLookup> {
  const api = config.makeApiClient(CoreV1Api);
  let listed = false;
  const informer = makeInformer<V1Namespace>(config, '/api/v1/namespaces', async () => {
    const list = await api.listNamespace();
    listed = true;
    return list;
  });
  informer.on('error', (error) => {
    log.warn({ err: error }, 'watch of namespaces broke');
    if (listed) setTimeout(() => void informer.start(), restMilliseconds);
  });
  // The informer reports a failed list to its error handler alone, and settles.
  for (await informer.start(); !listed; await informer.start()) await setTimeoutPromise(restMilliseconds);
  return async (name) => {
    const namespace =
      informer.get(name) ?? (await within(liveGetMilliseconds, unless(404, api.readNamespace({ name }))));
    if (namespace === undefined) return undefined;
    const { annotations = {}, labels = {} } = namespace.metadata ?? {};
    return { annotations, labels };
  };
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const late = setTimeoutPromise(milliseconds, undefined, { ref: false }).then(() => {
    throw new Error(`no answer from the API server within ${milliseconds} ms`);
  });
  return await Promise.race([promise, late]);
}
