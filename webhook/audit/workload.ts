import { type JsonObject, objectOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Owner } from './owners.ts';

/** By which `kubectl rollout restart` changes the template. */
export const restartedAt = 'kubectl.kubernetes.io/restartedAt';

/** What of a workload decides about its restart. */
export interface Workload {
  readonly version: string;
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  /** Its controller makes nothing new. */
  readonly paused: boolean;
  /** OnDelete: pods are made anew only when somebody deletes them. Partial: some are never made anew. */
  readonly strategy: 'rolling' | 'on-delete' | 'partial';
  /** All pods are of the newest template, and ready; with OnDelete, ready. */
  readonly settled: boolean;
  /** So many pods a rollout takes away at once, before others are there. */
  readonly takesAtOnce: number;
  /** When it was restarted last, by whomever. */
  readonly restartedAt: Date | undefined;
}

export function readWorkload(kind: Owner['kind'], object: JsonObject): Workload {
  const spec = objectOf(object.spec);
  const status = objectOf(object.status);
  const number = (value: unknown, otherwise: number): number =>
    typeof value === 'number' ? value : otherwise;
  const strategy = objectOf(kind === 'Deployment' ? spec.strategy : spec.updateStrategy);
  const rolling = objectOf(strategy.rollingUpdate);
  const wanted = kind === 'DaemonSet' ? number(status.desiredNumberScheduled, 0) : number(spec.replicas, 1);
  const isOnDelete = strategy.type === 'OnDelete';
  const [all, updated, ready] = {
    Deployment: [status.replicas, status.updatedReplicas, status.availableReplicas],
    StatefulSet: [status.replicas, status.updatedReplicas, status.readyReplicas],
    DaemonSet: [status.currentNumberScheduled, status.updatedNumberScheduled, status.numberAvailable],
  }[kind].map((value) => number(value, 0));
  const isSeen =
    number(status.observedGeneration, 0) >= number(valueAt(object, ['metadata', 'generation']), 0);
  const isPartial = kind === 'StatefulSet' && number(rolling.partition, 0) > 0;
  const text = valueAt(object, ['spec', 'template', 'metadata', 'annotations', restartedAt]);
  const at = new Date(String(text ?? ''));
  return {
    version: String(valueAt(object, ['metadata', 'resourceVersion'])),
    labels: objectOf(valueAt(object, ['spec', 'template', 'metadata', 'labels'])),
    annotations: objectOf(valueAt(object, ['metadata', 'annotations'])),
    paused: spec.paused === true,
    strategy: isOnDelete ? 'on-delete' : isPartial ? 'partial' : 'rolling',
    settled: isSeen && ready === wanted && all === wanted && (isOnDelete || updated === wanted),
    takesAtOnce: takesAtOnce(kind, strategy.type, rolling.maxUnavailable, wanted),
    restartedAt: Number.isNaN(at.getTime()) ? undefined : at,
  };
}

function takesAtOnce(kind: Owner['kind'], type: unknown, most: unknown, wanted: number): number {
  if (type === 'Recreate') return wanted;
  const bound = most ?? (kind === 'Deployment' ? '25%' : 1);
  if (typeof bound === 'number') return bound;
  const share = (wanted * Number.parseInt(String(bound), 10)) / 100;
  // Of a Deployment a part of a pod is none, of the others one (k8s.io/kubernetes/pkg/controller).
  return kind === 'Deployment' ? Math.floor(share) : Math.ceil(share);
}
