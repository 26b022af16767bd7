import { runVolume } from './names.ts';

const pod = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const volumes = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

/**
 * The annotation by which a cluster autoscaler does not keep a node for our volume's sake: its author's names, and
 * ours. Nothing where the author decides for the whole pod. The autoscaler takes the names as they stand between
 * commas, blanks and all.
 */
export function renderSafeToEvict(annotations: Readonly<Record<string, string>>): Record<string, string> {
  if (pod in annotations) return {};
  const names = annotations[volumes];
  if (names === undefined || names === '') return { [volumes]: runVolume };
  return { [volumes]: names.split(',').includes(runVolume) ? names : `${names},${runVolume}` };
}
