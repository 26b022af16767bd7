import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '../admission/pod.ts';
import { initContainer, proxyContainer, reservedContainers, runVolume, statusAnnotation } from './names.ts';
import { withMirror, withOverride } from './override.ts';
import type { Parts } from './parts.ts';
import { type PatchOperation, pointer } from './patch.ts';
import { withPluginChanges } from './plugin-changes.ts';
import { findPresentProxy } from './present-proxy.ts';
import { evictionAnnotations, renderSafeToEvict } from './safe-to-evict.ts';

/** Who has a word on our containers; the API server's own plugins would insist. */
export type Heard = 'everybody' | 'plugins';

/**
 * The operations that put `parts` into `pod`: the proxy first, then the init container, then everything of the
 * user's in its own order; the volume; the annotations. Always rendered and compared, whatever the pod claims; a pod that
 * has it all already gets no operation.
 */
export function injectPod(pod: Pod, parts: Parts, heard: Heard): readonly PatchOperation[] {
  if (!isFresh(pod)) return operationsFor(pod, parts, heard);
  const shape = JSON.stringify([
    pod.initContainers === undefined,
    pod.volumes === undefined,
    pod.hasAnnotations,
    heard,
  ]);
  const byShape = ofFreshPods.get(parts) ?? new Map<string, readonly PatchOperation[]>();
  const operations = byShape.get(shape) ?? operationsFor(pod, parts, heard);
  ofFreshPods.set(parts, byShape.set(shape, operations));
  return operations;
}

/** Of the pod itself the operations for a fresh one depend on its shape alone, and so serve all that share it. */
const ofFreshPods = new WeakMap<Parts, Map<string, readonly PatchOperation[]>>();

/** Whether the pod has nothing that is ours, nor what our parts are merged with. */
const isFresh = ({ containers, initContainers = [], volumes = [], annotations }: Pod): boolean =>
  indicesOf(containers, [proxyContainer]).length === 0 &&
  indicesOf(initContainers, reservedContainers).length === 0 &&
  indicesOf(volumes, [runVolume]).length === 0 &&
  !(statusAnnotation in annotations) &&
  !evictionAnnotations.some((name) => name in annotations);

const operationsFor = (pod: Pod, parts: Parts, heard: Heard): PatchOperation[] => [
  ...patchContainers(pod),
  ...patchInitContainers(pod, parts, heard),
  ...patchVolumes(pod, parts),
  ...patchAnnotations(pod, parts),
];

/** A proxy that is declared there moves to the init containers, of which native sidecars are. */
const patchContainers = ({ containers }: Pod): PatchOperation[] =>
  removals(pointer('spec', 'containers'), indicesOf(containers, [proxyContainer]));

function patchInitContainers(pod: Pod, { proxy, init }: Parts, heard: Heard): PatchOperation[] {
  const { initContainers } = pod;
  const path = pointer('spec', 'initContainers');
  const presentProxy = findPresentProxy(pod);
  const presentInit = initContainers?.find(({ name }) => name === initContainer)?.json;
  const honestInit = withPluginChanges(init, presentInit);
  const wanted =
    heard === 'everybody'
      ? [withOverride(proxy, presentProxy), withMirror(honestInit, presentInit)]
      : [withPluginChanges(proxy, presentProxy?.json), honestInit];
  if (initContainers === undefined) return [{ op: 'add', path, value: wanted }];
  const ours = indicesOf(initContainers, reservedContainers);
  const [first, second] = initContainers;
  if (ours.length === 2 && isDeepStrictEqual([first?.json, second?.json], wanted)) return [];
  return [
    ...removals(path, ours),
    ...wanted.map((value, index): PatchOperation => ({ op: 'add', path: `${path}/${index}`, value })),
  ];
}

function patchVolumes({ volumes }: Pod, { volume: wanted }: Parts): PatchOperation[] {
  const path = pointer('spec', 'volumes');
  if (volumes === undefined) return [{ op: 'add', path, value: [wanted] }];
  const ours = indicesOf(volumes, [runVolume]);
  if (ours.length === 1 && isDeepStrictEqual(volumes[ours[0] ?? 0]?.json, wanted)) return [];
  return [...removals(path, ours), { op: 'add', path: `${path}/-`, value: wanted }];
}

const indicesOf = (items: readonly { readonly name: string }[], names: readonly string[]): number[] =>
  items.flatMap(({ name }, index) => (names.includes(name) ? [index] : []));

/** From the last to the first, so that the indices still to come stay true. */
const removals = (path: string, indices: readonly number[]): PatchOperation[] =>
  indices.toReversed().map((index) => ({ op: 'remove', path: `${path}/${index}` }));

function patchAnnotations({ annotations, hasAnnotations }: Pod, { status }: Parts): PatchOperation[] {
  const path = pointer('metadata', 'annotations');
  const wanted = { ...renderSafeToEvict(annotations), [statusAnnotation]: status };
  if (!hasAnnotations) return [{ op: 'add', path, value: wanted }];
  return Object.entries(wanted)
    .filter(([key, value]) => annotations[key] !== value)
    .map(([key, value]) => ({ op: 'add', path: `${path}${pointer(key)}`, value }));
}
