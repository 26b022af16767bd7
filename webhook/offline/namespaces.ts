import type { Namespace } from '../admission/inject-review.ts';
import type { ManifestObject } from './find-pods.ts';

/** The namespaces that a file holds, by name. */
export type Namespaces = ReadonlyMap<string, Namespace>;

export function namespacesOf(objects: readonly ManifestObject[]): Namespaces {
  return new Map(
    objects.flatMap((object) => (object.kind === 'namespace' ? [[object.name, object.namespace]] : [])),
  );
}
