import type { NamespaceLookup } from '../server/app.ts';
import type { Api } from './api.ts';
import { namespaceIn } from './namespace-in.ts';
import { nameOf, type WatchInput, watchObjects } from './watch-objects.ts';

/** The API server waits 5 s for an answer (`timeoutSeconds`): a denial with its reason has to come before that. */
const liveGetMilliseconds = 2000;

/** What a namespace says of its pods: of a thousand namespaces, the rest would be most of the memory. */
type Said = Awaited<ReturnType<NamespaceLookup>>;

/**
 * Watches all namespaces. The promise settles once the cache holds every one; from then on a look-up is a look into
 * memory. A name that the cache lacks, as that of a namespace made a moment ago, costs one live GET, bounded in time.
 */
export async function watchNamespaces(
  input: Omit<WatchInput, 'api' | 'path' | 'keyOf' | 'watcher'> & { readonly api: Api },
): Promise<NamespaceLookup> {
  const known = new Map<string, NonNullable<Said>>();
  await watchObjects({
    ...input,
    path: '/api/v1/namespaces',
    keyOf: nameOf,
    watcher: {
      seen: (object) => void known.set(nameOf(object), namespaceIn(object)),
      gone: (object) => void known.delete(nameOf(object)),
      complete(names) {
        for (const name of known.keys()) if (!names.has(name)) known.delete(name);
      },
    },
  });
  return async (name) => {
    const inCache = known.get(name);
    if (inCache !== undefined) return inCache;
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const found = await input.api.get(path, AbortSignal.timeout(liveGetMilliseconds));
    return found && namespaceIn(found);
  };
}
