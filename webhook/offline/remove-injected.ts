import { isObject, type JsonObject } from '../admission/json.ts';
import { parsePod } from '../admission/pod.ts';
import {
  originalAnnotation,
  proxyContainer,
  reservedContainers,
  runVolume,
  statusAnnotation,
} from '../injection/names.ts';
import { localVolumesAnnotation, renderSafeToEvict, withoutRunVolume } from '../injection/safe-to-evict.ts';
import { giveBackProbes } from '../injection/tcp-probes.ts';
import { applyPatch } from './apply-patch.ts';
import { inOriginalWords } from './original-words.ts';
import { type Originals, originalsOf, readItem, readValue, saysNothing } from './originals.ts';
import { readPointer } from './pointer.ts';

/**
 * The pod without what injection adds, and with what it has changed as its author wrote it. As in the webhook, it is the
 * status annotation that tells our own from what a user has given a reserved name: without it nothing is touched.
 *
 * A list or a mapping that ends up empty goes as well, unless {@link originalAnnotation} tells how it was written.
 */
export function removeInjected(injected: JsonObject): JsonObject {
  if (!isObject(injected.metadata) || !isObject(injected.metadata.annotations)) return injected;
  if (!Object.hasOwn(injected.metadata.annotations, statusAnnotation)) return injected;
  const originals = originalsOf(injected);
  const { metadata, spec, ...rest } = withProbesBack(injected, originals);
  if (!isObject(metadata) || !isObject(metadata.annotations) || !isObject(spec)) return injected;

  const emptied = (value: object, path: string): unknown => {
    if (Object.keys(value).length > 0) return value;
    const text = originals.get(path);
    return text === undefined ? undefined : readValue(text, saysNothing);
  };
  const without = (list: unknown, names: readonly string[], path: string): unknown => {
    if (!Array.isArray(list)) return list;
    const others = list.filter((item) => !(isObject(item) && names.includes(`${item.name}`)));
    const all = withProxyBack(others, path, originals);
    return others.length === list.length && all === others ? list : emptied(all, path);
  };

  const annotations = emptied(withoutOurs(metadata.annotations, originals), '/metadata/annotations');
  const bare = set(metadata, 'annotations', annotations);
  const lists = {
    containers: without(spec.containers, [], '/spec/containers'),
    initContainers: without(spec.initContainers, reservedContainers, '/spec/initContainers'),
    volumes: without(spec.volumes, [runVolume], '/spec/volumes'),
  };
  const restored = Object.entries(lists).reduce((at, [field, list]) => set(at, field, list), spec);
  return set({ ...rest, metadata, spec: restored }, 'metadata', emptied(bare, '/metadata'));
}

function withProbesBack(injected: JsonObject, originals: Originals): JsonObject {
  const parsed = parsePod(injected);
  if (!parsed.ok) return injected;
  const pod = applyPatch(injected, inOriginalWords(giveBackProbes(parsed.pod), injected, originals));
  return isObject(pod) ? pod : injected;
}

/** A proxy that the author declares is merged over ours, and stands in its own place again. */
function withProxyBack(list: readonly unknown[], path: string, originals: Originals): readonly unknown[] {
  for (const [at, text] of originals) {
    const index = readPointer(at).at(-1) ?? '';
    if (at !== `${path}/${index}` || !/^\d+$/.test(index)) continue;
    const proxy = readItem(text, (item) => isObject(item) && item.name === proxyContainer);
    return list.toSpliced(Number(index), 0, proxy);
  }
  return list;
}

function withoutOurs(annotations: JsonObject, originals: Originals): JsonObject {
  const { [statusAnnotation]: _, [originalAnnotation]: __, ...others } = annotations;
  const present = others[localVolumesAnnotation];
  if (typeof present !== 'string') return others;
  const text = originals.get(`/metadata/annotations/${localVolumesAnnotation.replace('/', '~1')}`);
  const wasThat = (names: unknown): boolean =>
    typeof names === 'string' &&
    renderSafeToEvict({ [localVolumesAnnotation]: names })[localVolumesAnnotation] === present;
  return set(
    others,
    localVolumesAnnotation,
    text === undefined ? withoutRunVolume(present) : readValue(text, wasThat),
  );
}

/** The object itself where nothing changes; without the field where the value is `undefined`. */
function set(object: JsonObject, field: string, value: unknown): JsonObject {
  if (object[field] === value) return object;
  const { [field]: _, ...others } = object;
  return value === undefined ? others : { ...object, [field]: value };
}
