import { isObject } from '../admission/json.ts';
import { pointer as toPointer } from '../injection/patch.ts';

/** The fields and indices of a JSON Pointer (RFC 6901). */
export function readPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The same as a person writes it: `spec.initContainers[0]`. */
export function fieldOf(pointer: string): string {
  const words = readPointer(pointer).map((token) =>
    /^[A-Za-z]\w*$/.test(token) ? `.${token}` : `[${token}]`,
  );
  return words.join('').replace(/^\./, '') || 'the object';
}

/** The pointer with the names of items in place of their indices, which others may change: Kubernetes' lists go by name. */
export function namedPointer(json: unknown, pointer: string): string {
  let at = json;
  const tokens = readPointer(pointer).map((token) => {
    const isList = Array.isArray(at);
    at = isList || isObject(at) ? (at as Readonly<Record<string, unknown>>)[token] : undefined;
    return isList && isObject(at) && typeof at.name === 'string' ? at.name : token;
  });
  return toPointer(...tokens);
}
