import { isDeepStrictEqual } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What `after` has in another way than `before`, by path; `(absent)` where it has it no more. */
export function listDifferences(before: unknown, after: unknown, path = ''): Record<string, unknown> {
  if (isDeepStrictEqual(before, after)) return {};
  const [from, to] = [byKey(before), byKey(after)];
  if (from === undefined || to === undefined) return { [path]: after === undefined ? '(absent)' : after };
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  const parts = [...keys].map((key) =>
    listDifferences(from[key], to[key], path === '' ? key : `${path}.${key}`),
  );
  return Object.assign({}, ...parts);
}

/** An object as it is; a list of mounts by their paths, of named things by their names, where none comes twice. */
export function byKey(value: unknown): Fields | undefined {
  if (isRecord(value)) return value;
  if (!Array.isArray(value)) return undefined;
  const named = value.flatMap((item) =>
    isRecord(item) && typeof item.name === 'string' ? [[item.mountPath ?? item.name, item]] : [],
  );
  const map = Object.fromEntries(named);
  return value.length > 0 && Object.keys(map).length === value.length ? map : undefined;
}
