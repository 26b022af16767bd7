import { runVolume } from './names.ts';

const pod = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
export const localVolumesAnnotation = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
/** All annotations that {@link renderSafeToEvict} reads. */
export const evictionAnnotations: readonly string[] = [pod, localVolumesAnnotation];

/**
 * The annotation by which a cluster autoscaler does not keep a node for our volume's sake: its author's names, and
 * ours. Nothing where the author decides for the whole pod. The autoscaler takes the names as they stand between
 * commas, blanks and all.
 */
export function renderSafeToEvict(annotations: Readonly<Record<string, string>>): Record<string, string> {
  if (pod in annotations) return {};
  const names = annotations[localVolumesAnnotation];
  if (names === undefined || names === '') return { [localVolumesAnnotation]: runVolume };
  const known = names.split(',').includes(runVolume);
  return { [localVolumesAnnotation]: known ? names : `${names},${runVolume}` };
}

/** The annotation's text without our volume; `undefined` where nothing is left of it. */
export function withoutRunVolume(names: string): string | undefined {
  if (names === runVolume) return undefined;
  return names.endsWith(`,${runVolume}`) ? names.slice(0, -`,${runVolume}`.length) : names;
}
