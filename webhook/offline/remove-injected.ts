import { isObject, type JsonObject } from '../admission/json.ts';
import { originalAnnotation, reservedContainers, runVolume, statusAnnotation } from '../injection/names.ts';
import { pointer } from '../injection/patch.ts';
import { readOriginals } from './originals.ts';
import { restoreLocalVolumes, restoreProbes } from './restore.ts';

/**
 * The pod without what injection adds. As in the webhook, it is the status annotation that tells our own from what a
 * user has given a reserved name: without it nothing is touched.
 *
 * A list or a mapping that ends up empty goes as well, or becomes again the text that {@link originalAnnotation} holds.
 */
export function removeInjected(pod: JsonObject): JsonObject {
  const { metadata, spec } = pod;
  if (!isObject(metadata) || !isObject(metadata.annotations) || !isObject(spec)) return pod;
  if (!Object.hasOwn(metadata.annotations, statusAnnotation)) return pod;
  const originals = readOriginals(metadata.annotations[originalAnnotation]);

  const emptied = (value: object, path: string): unknown => {
    if (Object.keys(value).length > 0) return value;
    return originals.get(path);
  };
  const without = (list: unknown, names: readonly string[], path: string): unknown => {
    if (!Array.isArray(list)) return list;
    const rest = list.filter((item) => !(isObject(item) && names.includes(`${item.name}`)));
    return rest.length === list.length ? list : emptied(rest, path);
  };

  const ours = [statusAnnotation, originalAnnotation];
  const rest = restoreLocalVolumes(omit(metadata.annotations, ours), originals);
  const annotations = emptied(rest, '/metadata/annotations');
  const bare = set(metadata, 'annotations', annotations);
  const initContainers = without(spec.initContainers, reservedContainers, '/spec/initContainers');
  const volumes = without(spec.volumes, [runVolume], '/spec/volumes');
  const bereft = set(set(spec, 'initContainers', initContainers), 'volumes', volumes);
  const restored = (['initContainers', 'containers'] as const).reduce(
    (current, list) => set(current, list, restoreProbes(current[list], pointer('spec', list), originals)),
    bereft,
  );
  return set({ ...pod, spec: restored }, 'metadata', emptied(bare, '/metadata'));
}

const omit = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

/** The object itself where nothing changes; without the field where the value is `undefined`. */
function set(object: JsonObject, field: string, value: unknown): JsonObject {
  if (object[field] === value) return object;
  return value === undefined ? omit(object, [field]) : { ...object, [field]: value };
}
