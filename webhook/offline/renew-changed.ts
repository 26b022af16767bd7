import { isObject, type JsonObject } from '../admission/json.ts';
import { type PatchOperation, pointer } from '../injection/patch.ts';
import { localVolumesAnnotation } from '../injection/safe-to-evict.ts';
import { applyPatch } from './apply-patch.ts';
import { readPointer } from './pointer.ts';
import { Renewed } from './verbatim.ts';

/**
 * The same patch, in which what it changes of the user's own values comes anew as a whole: a probe that is handed to the
 * proxy, and the annotation that names local volumes. Their text can be given back only as a whole.
 */
export function renewChanged(pod: JsonObject, operations: readonly PatchOperation[]): PatchOperation[] {
  const handed = operations
    .filter(({ op, path }) => op === 'remove' && path.endsWith('/tcpSocket'))
    .map(({ path }) => path.slice(0, path.lastIndexOf('/')));
  const ofProbe = ({ path }: PatchOperation): boolean => handed.some((probe) => path.startsWith(`${probe}/`));
  const changed = applyPatch(pod, operations.filter(ofProbe));
  return [
    ...handed.map((path): PatchOperation => {
      return { op: 'replace', path, value: new Renewed(valueAt(changed, path)) };
    }),
    ...operations
      .filter((operation) => !ofProbe(operation))
      .map((operation) => (changesLocalVolumes(pod, operation) ? renewed(operation) : operation)),
  ];
}

function changesLocalVolumes({ metadata }: JsonObject, { path }: PatchOperation): boolean {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
  return (
    path === pointer('metadata', 'annotations', localVolumesAnnotation) &&
    localVolumesAnnotation in annotations
  );
}

const renewed = (operation: PatchOperation): PatchOperation =>
  operation.op === 'remove' ? operation : { ...operation, value: new Renewed(operation.value) };

const valueAt = (value: unknown, path: string): unknown =>
  readPointer(path).reduce(
    (current: unknown, token) =>
      Array.isArray(current) ? current[Number(token)] : isObject(current) ? current[token] : undefined,
    value,
  );
