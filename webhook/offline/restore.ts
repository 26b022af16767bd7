import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../admission/json.ts';
import { pointer } from '../injection/patch.ts';
import { handlerOf, probeKinds, type WrittenPort } from '../injection/probe.ts';
import { localVolumesAnnotation, renderSafeToEvict, withoutRunVolume } from '../injection/safe-to-evict.ts';
import type { Originals } from './originals.ts';

/**
 * The containers with their TCP probes as they were before they were handed to the proxy: in their own text where that
 * says the same still, otherwise (it was edited since, or the webhook handed it) in one of ours. `at`: a pointer to the list.
 */
export function restoreProbes(containers: unknown, at: string, originals: Originals): unknown {
  if (!Array.isArray(containers)) return containers;
  const restored = containers.map((container, index) =>
    isObject(container) ? restoreContainer(container, `${at}/${index}`, originals) : container,
  );
  return restored.every((one, index) => one === containers[index]) ? containers : restored;
}

function restoreContainer(container: JsonObject, at: string, originals: Originals): JsonObject {
  const probes = probeKinds.flatMap((kind) => {
    const probe = container[kind];
    const handler = isObject(probe) ? handlerOf(probe) : undefined;
    if (!isObject(probe) || handler?.kind !== 'rendered') return [];
    const { httpGet: _, ...rest } = probe;
    const original = originals.get(`${at}${pointer(kind)}`);
    const same = original !== undefined && saysSame(original.json, rest, handler.port);
    return [[kind, same ? original : { ...rest, tcpSocket: { port: handler.port } }] as const];
  });
  return probes.length === 0 ? container : { ...container, ...Object.fromEntries(probes) };
}

function saysSame(original: unknown, rest: JsonObject, port: WrittenPort): boolean {
  if (!isObject(original)) return false;
  const { tcpSocket: _, ...others } = original;
  const handler = handlerOf(original);
  return handler.kind === 'tcp' && handler.port === port && isDeepStrictEqual(others, rest);
}

/** The annotations without our volume among the local ones, in their own text where that says the same. */
export function restoreLocalVolumes(annotations: JsonObject, originals: Originals): JsonObject {
  const present = annotations[localVolumesAnnotation];
  if (typeof present !== 'string') return annotations;
  const original = originals.get(pointer('metadata', 'annotations', localVolumesAnnotation));
  const { json } = original ?? {};
  const rendered = typeof json === 'string' ? renderSafeToEvict({ [localVolumesAnnotation]: json }) : {};
  const same = rendered[localVolumesAnnotation] === present;
  const value = same ? original : withoutRunVolume(present);
  const { [localVolumesAnnotation]: _, ...rest } = annotations;
  return value === undefined ? rest : { ...annotations, [localVolumesAnnotation]: value };
}
