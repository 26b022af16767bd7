import { isObject, type JsonObject, objectOf } from '../admission/json.ts';

/** What becomes of an object that is applied. */
export type Change =
  | { readonly kind: 'created' }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'deleted' }
  /** Each such as `spec.replicas: 2 → 3`. */
  | { readonly kind: 'configured'; readonly fields: readonly string[] };

/** Of metadata: what the API server itself writes. */
const servers = ['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid'];

export function changeOf(before: JsonObject | undefined, after: JsonObject): Change {
  if (before === undefined) return { kind: 'created' };
  const fields = differences(written(before), written(after), '');
  return fields.length === 0 ? { kind: 'unchanged' } : { kind: 'configured', fields };
}

function written({ metadata, status: _, ...rest }: JsonObject): JsonObject {
  const kept = Object.entries(objectOf(metadata)).filter(([field]) => !servers.includes(field));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      differences(before[index], after[index], `${path}[${index}]`),
    );
  }
  if (isObject(before) && isObject(after)) {
    return Object.keys({ ...before, ...after }).flatMap((field) =>
      differences(before[field], after[field], path === '' ? field : `${path}.${field}`),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after)
    ? []
    : [`${path}: ${show(before)} → ${show(after)}`];
}

function show(value: unknown): string {
  const text = value === undefined ? 'none' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** As kubectl tells it, with what changes where that is asked for. */
export function renderChange(title: string, change: Change, dryRun: boolean): string {
  const line = `${title} ${change.kind}${dryRun ? ' (server dry run)' : ''}`;
  const fields = dryRun && change.kind === 'configured' ? change.fields : [];
  return [line, ...fields.map((field) => `  ${field}`)].join('\n');
}
