import { type JsonObject, objectOf, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';

/**
 * How far a Deployment is. `running`: a pod of it runs, and what it waits for may be what comes next; the others may wait
 * for this one to be ready. `why`: what it waits for, for a person.
 */
export type Rollout =
  | { readonly kind: 'ready' }
  | { readonly kind: 'running'; readonly why: string }
  | { readonly kind: 'waiting'; readonly why: string };

/** @param pods of the Deployment, older ones too */
export function rolloutOf(deployment: JsonObject, pods: readonly JsonObject[]): Rollout {
  const { metadata, spec, status } = deployment;
  const wanted = Number(objectOf(spec).replicas ?? 1);
  const { observedGeneration, replicas, updatedReplicas, readyReplicas } = objectOf(status);
  const [all, updated, ready] = [replicas, updatedReplicas, readyReplicas].map((count) => Number(count ?? 0));
  const isSeen = Number(observedGeneration ?? 0) >= Number(objectOf(metadata).generation ?? 0);
  if (isSeen && updated === wanted && all === wanted && ready === wanted) return { kind: 'ready' };
  const obstacle = obstacleOf(deployment) ?? pods.flatMap((pod) => obstacleOfPod(pod) ?? [])[0];
  const why = obstacle ?? `${ready} of ${wanted} replicas are ready`;
  return { kind: isSeen && pods.some(isRunning) ? 'running' : 'waiting', why };
}

/** Why the Deployment gets no pods, such as a quota or Pod Security. */
const obstacleOf = (deployment: JsonObject): string | undefined =>
  objectsOf(valueAt(deployment, ['status', 'conditions']))
    .filter(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
    .map(({ message }) => String(message))[0];

function obstacleOfPod(pod: JsonObject): string | undefined {
  const name = valueAt(pod, ['metadata', 'name']);
  const unscheduled = objectsOf(valueAt(pod, ['status', 'conditions'])).find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (unscheduled !== undefined) return `Pod/${name}: ${unscheduled.message}`;
  // ContainerCreating and PodInitializing come before every start.
  const [waiting] = containersOf(pod)
    .map(({ state }) => objectOf(objectOf(state).waiting))
    .filter(
      ({ reason }) => typeof reason === 'string' && !/^(ContainerCreating|PodInitializing)$/.test(reason),
    );
  return waiting && `Pod/${name}: ${waiting.reason}${waiting.message ? `: ${waiting.message}` : ''}`;
}

const containersOf = (pod: JsonObject): JsonObject[] =>
  objectsOf(valueAt(pod, ['status', 'containerStatuses']));

function isRunning(pod: JsonObject): boolean {
  const containers = containersOf(pod);
  return containers.length > 0 && containers.every(({ state }) => objectOf(state).running !== undefined);
}
