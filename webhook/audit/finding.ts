import { controllerOf, nameOfEvent, type ObjectReference, type WarningEvent } from '../admission/denial.ts';
import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { type PodState, type PodStatus, wellStates } from '../status/pod-status.ts';

/** A pod that is not as it should be. */
export interface Finding {
  readonly uid: string;
  readonly namespace: string;
  readonly pod: string;
  readonly state: Trouble;
  readonly message: string;
  /** What made the pod; `undefined` where a person did. */
  readonly controller: ObjectReference | undefined;
  /** Which template of a Deployment the pod is made from; its ReplicaSet is called by it. */
  readonly templateHash: string | undefined;
  /** Tells it, with what made the pod: all of its pods that have the same trouble are told as one. */
  readonly event: WarningEvent;
}

export type Trouble = Exclude<PodState, 'injected' | 'skipped'>;

const words: Readonly<Record<Trouble, { readonly reason: string; readonly what: string }>> = {
  missing: { reason: 'ProxyMissing', what: 'has no proxy' },
  outdated: { reason: 'ProxyOutdated', what: 'has an old proxy' },
  refused: { reason: 'PodWouldBeDenied', what: 'would be refused' },
  leftover: { reason: 'ProxyLeftOver', what: 'has a proxy that it should not have' },
};

/** What is to be told of a pod with this status; nothing of one that is well. */
export function findingOf(
  pod: JsonObject,
  { namespace, pod: name, state, message }: PodStatus,
): Finding | undefined {
  if (isWell(state)) return undefined;
  const { reason, what } = words[state];
  const controller = controllerOf(pod, namespace);
  const uid = String(valueAt(pod, ['metadata', 'uid']));
  const about = controller ?? { apiVersion: 'v1', kind: 'Pod', name, namespace, uid };
  const text = `outrider: ${controller ? 'a pod of it' : 'the pod'} ${what}: ${message}`;
  const event = { name: nameOfEvent(about, text), namespace, about, reason, message: text };
  const hash = valueAt(pod, ['metadata', 'labels', 'pod-template-hash']);
  const templateHash = typeof hash === 'string' ? hash : undefined;
  return { uid, namespace, pod: name, state, message, controller, templateHash, event };
}

const isWell = (state: PodState): state is Exclude<PodState, Trouble> => wellStates.includes(state);

/** Tells what is wrong with a namespace, a sentence. */
export function eventOfNamespace(namespace: string, problem: string): WarningEvent {
  // An Event has to be in the namespace of its object. Whoever reads the Events of this one finds it.
  const about = { apiVersion: 'v1', kind: 'Namespace', name: namespace, namespace };
  const message = `outrider: ${problem}`;
  return { name: nameOfEvent(about, message), namespace, about, reason: 'NamespaceMisconfigured', message };
}
