import { setTimeout } from 'node:timers/promises';
import { type KubeConfig, type KubernetesObject, ListWatch, Watch } from '@kubernetes/client-node';
import type { Logger } from 'pino';

/** How long a watch that broke, or a list that failed, rests before the next try, in milliseconds. */
const rest = 1000;

/** One object of the cluster, by its name. */
export interface Watched<T extends KubernetesObject> {
  /** Of its kind, where the API server has it: `/api/v1/namespaces/…/configmaps`. */
  readonly path: string;
  readonly name: string;
  list(fieldSelector: string): Promise<{ items: T[]; metadata?: { resourceVersion?: string } }>;
}

/**
 * Offers each version of an object to `take`, and its absence. Settles once the first has been offered; goes on,
 * whatever becomes of the API server.
 *
 * @returns what ends it.
 */
export async function watchOne<T extends KubernetesObject>(
  config: KubeConfig,
  { path, name, list }: Watched<T>,
  take: (object: T | undefined) => void,
  log: Logger,
): Promise<() => Promise<void>> {
  const fieldSelector = `metadata.name=${name}`;
  let listed = false;
  let ended = false;
  const listOnce = async () => {
    const objects = await list(fieldSelector);
    if (objects.items.length === 0 && !listed) take(undefined);
    listed = true;
    return objects;
  };
  const watch = new ListWatch<T>(path, new Watch(config), listOnce, false, undefined, fieldSelector);
  watch.on('add', take);
  watch.on('update', take);
  watch.on('delete', () => take(undefined));
  watch.on('error', (error) => {
    log.warn({ err: error, name }, 'watch broke');
    if (listed) void setTimeout(rest).then(() => (ended ? undefined : watch.start()));
  });
  // A failed list is reported to the error handler alone, and settles.
  for (await watch.start(); !listed; await watch.start()) await setTimeout(rest);
  return async () => {
    ended = true;
    await watch.stop();
  };
}
