import { isDeepStrictEqual } from 'node:util';
import { byKey } from '../webhook/corpus/differences.ts';

/**
 * The paths of what `sent` holds and `created` does not, or holds in another way. What the API server adds is no loss; nor is
 * what is null or empty, since Go's JSON leaves that out.
 */
export function fieldsLost(sent: unknown, created: unknown, path = ''): string[] {
  if (sent === null || (isEmpty(sent) && isEmpty(created))) return [];
  const [from, to] = [byKey(sent), byKey(created)];
  if (from && to) {
    return Object.entries(from).flatMap(([key, value]) =>
      fieldsLost(value, to[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(sent) && Array.isArray(created)) {
    return sent.flatMap((value, index) => fieldsLost(value, created[index], `${path}.${index}`));
  }
  return isDeepStrictEqual(sent, created) ? [] : [path];
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);
