import type { Pod } from '../admission/pod.ts';
import * as names from './names.ts';

/** Two redirections in one pod would each take the other's traffic. The sentence tells which other one, and the way out. */
export function otherMesh(pod: Pod): string | undefined {
  const remedy = `remove it, or label the pod ${names.podLabel}=false`;
  const containers = [...pod.containers, ...(pod.initContainers ?? [])].map(({ name }) => name);
  for (const { mesh, container, asks } of names.otherMeshes) {
    if (containers.includes(container)) return `the pod carries ${mesh}'s container ${container}: ${remedy}`;
    for (const [key, value] of asks) {
      if (pod.labels[key] === value || pod.annotations[key] === value) {
        return `the pod asks for ${mesh}'s sidecar with ${key}=${value}: ${remedy}`;
      }
    }
  }
  return undefined;
}
