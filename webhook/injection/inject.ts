import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../admission/json.ts';
import type { Container, Pod } from '../admission/pod.ts';
import {
  initContainer,
  proxyContainer,
  reservedContainers,
  runVolume,
  statusAnnotation,
  tokenFolder,
} from './names.ts';
import type { Parts } from './parts.ts';
import { type PatchOperation, pointer } from './patch.ts';

/**
 * The operations that put `parts` into `pod`: the proxy first, then the init container, then everything of the
 * user's in its own order; the volume; the status. Always rendered and compared, whatever the pod claims; a pod that
 * has it all already gets no operation.
 */
export function injectPod(pod: Pod, parts: Parts): PatchOperation[] {
  return [...patchInitContainers(pod, parts), ...patchVolumes(pod, parts), ...patchStatus(pod, parts)];
}

function patchInitContainers({ initContainers }: Pod, { proxy, init }: Parts): PatchOperation[] {
  const path = (index: number): string => pointer('spec', 'initContainers', index);
  const wanted = [
    withToken(proxy, find(initContainers, proxyContainer)),
    withToken(init, find(initContainers, initContainer)),
  ];
  if (initContainers === undefined) {
    return [{ op: 'add', path: pointer('spec', 'initContainers'), value: wanted }];
  }
  const ours = initContainers.flatMap(({ name }, index) =>
    reservedContainers.includes(name) ? [index] : [],
  );
  const [first, second] = initContainers;
  if (ours.length === 2 && isDeepStrictEqual([first?.json, second?.json], wanted)) return [];
  return [
    // From the last to the first, so that the indices still to come stay true.
    ...ours.reverse().map((index): PatchOperation => ({ op: 'remove', path: path(index) })),
    ...wanted.map((value, index): PatchOperation => ({ op: 'add', path: path(index), value })),
  ];
}

const find = (containers: readonly Container[] | undefined, name: string): JsonObject | undefined =>
  containers?.find((container) => container.name === name)?.json;

/**
 * The rendered container, with the token mount that the API server has given the pod's present one: it mounts it
 * into every container, after us as well, and would do so again.
 */
function withToken(rendered: object, present: JsonObject | undefined): JsonObject {
  const container: JsonObject = { ...rendered };
  const mounts = Array.isArray(present?.volumeMounts) ? present.volumeMounts : [];
  const token = mounts.filter(
    (mount) => isObject(mount) && mount.mountPath === tokenFolder && mount.name !== runVolume,
  );
  if (token.length === 0) return container;
  const own = Array.isArray(container.volumeMounts) ? container.volumeMounts : [];
  return { ...container, volumeMounts: [...own, ...token] };
}

function patchVolumes({ volumes }: Pod, { volume: wanted }: Parts): PatchOperation[] {
  const path = pointer('spec', 'volumes');
  if (volumes === undefined) return [{ op: 'add', path, value: [wanted] }];
  const index = volumes.findIndex(({ name }) => name === runVolume);
  if (index === -1) return [{ op: 'add', path: `${path}/-`, value: wanted }];
  if (isDeepStrictEqual(volumes[index]?.json, wanted)) return [];
  return [{ op: 'replace', path: `${path}/${index}`, value: wanted }];
}

function patchStatus({ annotations, hasAnnotations }: Pod, { status }: Parts): PatchOperation[] {
  const path = pointer('metadata', 'annotations');
  if (!hasAnnotations) return [{ op: 'add', path, value: { [statusAnnotation]: status } }];
  if (annotations[statusAnnotation] === status) return [];
  return [{ op: 'add', path: `${path}${pointer(statusAnnotation)}`, value: status }];
}
