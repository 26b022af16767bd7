import { isObject, type JsonObject } from '../admission/json.ts';
import { parsePod } from '../admission/pod.ts';
import { originalAnnotation, reservedContainers, runVolume, statusAnnotation } from '../injection/names.ts';
import { type PatchOperation, pointer } from '../injection/patch.ts';
import { localVolumesAnnotation, withoutRunVolume } from '../injection/safe-to-evict.ts';
import { giveBackProbes } from '../injection/tcp-probes.ts';
import { applyPatch } from './apply-patch.ts';
import { type Originals, readEntry, readNothing, readOriginals, readValue } from './originals.ts';
import { namedPointer, readPointer } from './pointer.ts';

/**
 * The pod without what injection adds. As in the webhook, it is the status annotation that tells our own from what a
 * user has given a reserved name: without it nothing is touched.
 *
 * A list or a mapping that ends up empty goes as well, or becomes again the text that {@link originalAnnotation} holds.
 */
export function removeInjected(injected: JsonObject): JsonObject {
  if (!isObject(injected.metadata) || !isObject(injected.metadata.annotations)) return injected;
  if (!Object.hasOwn(injected.metadata.annotations, statusAnnotation)) return injected;
  const originals = readOriginals(injected.metadata.annotations[originalAnnotation]);
  const { metadata, spec, ...rest } = withoutProbes(injected, originals);
  if (!isObject(metadata) || !isObject(metadata.annotations) || !isObject(spec)) return injected;

  const emptied = (value: object, path: string): unknown => {
    if (Object.keys(value).length > 0) return value;
    const text = originals.get(path);
    return text === undefined ? undefined : readNothing(text);
  };
  const without = (list: unknown, names: readonly string[], path: string): unknown => {
    if (!Array.isArray(list)) return list;
    const others = list.filter((item) => !(isObject(item) && names.includes(`${item.name}`)));
    return others.length === list.length ? list : emptied(others, path);
  };

  const ours = [statusAnnotation, originalAnnotation];
  const foreign = withoutLocalVolume(omit(metadata.annotations, ours), originals);
  const annotations = emptied(foreign, '/metadata/annotations');
  const bare = set(metadata, 'annotations', annotations);
  const initContainers = without(spec.initContainers, reservedContainers, '/spec/initContainers');
  const volumes = without(spec.volumes, [runVolume], '/spec/volumes');
  const restored = set(set(spec, 'initContainers', initContainers), 'volumes', volumes);
  return set({ ...rest, metadata, spec: restored }, 'metadata', emptied(bare, '/metadata'));
}

/** The annotations, in which a cluster autoscaler finds the volumes of others alone. */
function withoutLocalVolume(annotations: JsonObject, originals: Originals): JsonObject {
  const names = annotations[localVolumesAnnotation];
  if (typeof names !== 'string') return annotations;
  const rest = withoutRunVolume(names);
  if (rest === undefined || rest === names) return set(annotations, localVolumesAnnotation, rest);
  const text = originals.get(pointer('metadata', 'annotations', localVolumesAnnotation));
  return set(annotations, localVolumesAnnotation, text === undefined ? rest : readValue(text, rest));
}

/** The pod with its probes as their authors wrote them. */
function withoutProbes(injected: JsonObject, originals: Originals): JsonObject {
  const parsed = parsePod(injected);
  if (!parsed.ok) return injected;
  const operations = giveBackProbes(parsed.pod).map((operation): PatchOperation => {
    const text = originals.get(namedPointer(injected, operation.path));
    if (text === undefined || operation.op === 'remove') return operation;
    const key = readPointer(operation.path).at(-1) ?? '';
    return { ...operation, value: readEntry(text, key, operation.value) };
  });
  const pod = applyPatch(injected, operations);
  return isObject(pod) ? pod : injected;
}

const omit = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

/** The object itself where nothing changes; without the field where the value is `undefined`. */
function set(object: JsonObject, field: string, value: unknown): JsonObject {
  if (object[field] === value) return object;
  return value === undefined ? omit(object, [field]) : { ...object, [field]: value };
}
