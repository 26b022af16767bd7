import type { JsonObject } from '../admission/json.ts';
import type { PatchOperation } from '../injection/patch.ts';
import { handlerOf } from '../injection/probe.ts';
import { type Originals, readEntry } from './originals.ts';
import { namedPointer, readPointer } from './pointer.ts';

/** The operations on `pod` in which a TCP probe that comes back is written as its author wrote it. */
export function inOriginalWords(
  operations: readonly PatchOperation[],
  pod: JsonObject,
  originals: Originals,
): PatchOperation[] {
  return operations.map((operation) => {
    const key = readPointer(operation.path).at(-1);
    if (operation.op !== 'add' || key !== 'tcpSocket') return operation;
    const text = originals.get(namedPointer(pod, operation.path));
    if (text === undefined) return operation;
    const asks = (tcpSocket: unknown): unknown => {
      const handler = handlerOf({ tcpSocket });
      return handler.kind === 'tcp' ? handler.port : undefined;
    };
    const wasThat = (tcpSocket: unknown): boolean =>
      asks(tcpSocket) !== undefined && asks(tcpSocket) === asks(operation.value);
    return { ...operation, value: readEntry(text, key, wasThat) };
  });
}
