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
    const list = at;
    at = below(at, token);
    return Array.isArray(list) && isObject(at) && typeof at.name === 'string' ? at.name : token;
  });
  return toPointer(...tokens);
}

/** The value at a {@link namedPointer}; `undefined` where there is none. */
export const valueAtNamed = (json: unknown, pointer: string): unknown =>
  readPointer(pointer).reduce(
    (at, token) =>
      (Array.isArray(at) ? at.find((one) => isObject(one) && one.name === token) : undefined) ??
      below(at, token),
    json,
  );

const below = (value: unknown, token: string): unknown =>
  (Array.isArray(value) || isObject(value)) && Object.hasOwn(value, token)
    ? (value as JsonFields)[token]
    : undefined;

type JsonFields = Readonly<Record<string, unknown>>;
