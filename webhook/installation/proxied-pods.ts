import { type JsonObject, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Revision } from '../decision/revision.ts';
import { reservedContainers, statusAnnotation } from '../injection/names.ts';
import { readTold } from '../injection/status.ts';

export interface Proxied {
  readonly pods: number;
  readonly namespaces: number;
}

/** Pods that run with a proxy, and go on. */
export function countProxied(pods: readonly JsonObject[]): Proxied {
  const proxied = pods.filter((pod) => {
    const names = objectsOf(valueAt(pod, ['spec', 'initContainers'])).map(({ name }) => name);
    const hasEnded = ['Succeeded', 'Failed'].includes(String(valueAt(pod, ['status', 'phase'])));
    const isEnding = valueAt(pod, ['metadata', 'deletionTimestamp']) !== undefined;
    return !hasEnded && !isEnding && reservedContainers.every((reserved) => names.includes(reserved));
  });
  const namespaces = new Set(proxied.map((pod) => valueAt(pod, ['metadata', 'namespace'])));
  return { pods: proxied.length, namespaces: namespaces.size };
}

/** Of which revision the injector was that gave a pod its proxy, as the pod tells. */
export const injectedBy = (pod: JsonObject): Revision =>
  readTold(valueAt(pod, ['metadata', 'annotations', statusAnnotation])).revision;

export function describeProxied({ pods, namespaces }: Proxied): string {
  const have = pods === 1 ? '1 pod has a proxy' : `${pods} pods have a proxy`;
  return `${have}, in ${namespaces === 1 ? '1 namespace' : `${namespaces} namespaces`}, and ${pods === 1 ? 'keeps' : 'keep'} it`;
}
