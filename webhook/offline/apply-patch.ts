import { isObject } from '../admission/json.ts';
import type { PatchOperation } from '../injection/patch.ts';
import { readPointer } from './pointer.ts';

/** The value after a JSON Patch (RFC 6902). What the patch leaves alone is the very same object as before. */
export function applyPatch(value: unknown, operations: readonly PatchOperation[]): unknown {
  return operations.reduce(
    (current, operation) => change(current, readPointer(operation.path), operation),
    value,
  );
}

function change(value: unknown, [token, ...rest]: string[], operation: PatchOperation): unknown {
  if (token === undefined) return operation.op === 'remove' ? undefined : operation.value;
  if (Array.isArray(value)) {
    const index = token === '-' ? value.length : Number(token);
    if (rest.length > 0) return value.with(index, change(value[index], rest, operation));
    const removed = operation.op === 'add' ? 0 : 1;
    return value.toSpliced(index, removed, ...(operation.op === 'remove' ? [] : [operation.value]));
  }
  if (!isObject(value)) throw new Error(`${operation.path}: there is nothing to change at ${token}`);
  if (rest.length === 0 && operation.op === 'remove') {
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== token));
  }
  return { ...value, [token]: change(value[token], rest, operation) };
}
