import { setTimeout } from 'node:timers/promises';
import { type Published, publishedSelector, readPublished } from '../decision/published.ts';
import { nameOf, type WatchInput, watchObjects } from './watch-objects.ts';

/** A webhook that may not read them, as while its permissions are older than itself, serves nevertheless. */
const patienceMilliseconds = 10_000;

export const publishedPath = (namespace: string): string =>
  `/api/v1/namespaces/${namespace}/configmaps?labelSelector=${encodeURIComponent(publishedSelector)}`;

/** Tells all published settings at each change; settles once all have been read. */
export async function watchPublished(
  input: Omit<WatchInput, 'path' | 'keyOf' | 'watcher'> & { readonly namespace: string },
  take: (published: readonly Published[]) => void,
): Promise<void> {
  const known = new Map<string, Published>();
  let listed = false;
  const tell = (): void => {
    if (listed) take([...known.values()]);
  };
  const watching = watchObjects({
    ...{ ...input, path: publishedPath(input.namespace), keyOf: nameOf },
    watcher: {
      seen(object) {
        known.set(nameOf(object), readPublished(object));
        tell();
      },
      gone(object) {
        known.delete(nameOf(object));
        tell();
      },
      complete(names) {
        for (const name of known.keys()) if (!names.has(name)) known.delete(name);
        listed = true;
        tell();
      },
    },
  });
  const late = setTimeout(patienceMilliseconds, 'late' as const, { ref: false });
  if ((await Promise.race([watching, late])) === 'late') {
    input.log.warn({ cache: input.cache }, 'the settings of other versions are not known yet');
  }
}
