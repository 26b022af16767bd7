import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { nameOf, type WatchInput, watchObjects } from './watch-objects.ts';

/** One object, by its name among those of the path. */
export type WatchedOne = Omit<WatchInput, 'keyOf' | 'watcher' | 'fieldSelector'> & { readonly name: string };

/**
 * Offers each version of an object to `take`, and its absence. Settles once the first has been offered; goes on,
 * whatever becomes of the API server.
 */
export async function watchOne(
  { name, ...input }: WatchedOne,
  take: (object: JsonObject | undefined) => void,
): Promise<void> {
  let offered: { readonly version: unknown } | undefined;
  const offer = (object: JsonObject | undefined): void => {
    const version = object && valueAt(object, ['metadata', 'resourceVersion']);
    // A list that is read anew has what is known already.
    if (offered !== undefined && offered.version === version) return;
    offered = { version };
    take(object);
  };
  await watchObjects({
    ...input,
    fieldSelector: `metadata.name=${name}`,
    keyOf: nameOf,
    watcher: {
      seen: offer,
      gone: () => offer(undefined),
      complete: (names) => {
        if (!names.has(name)) offer(undefined);
      },
    },
  });
}
