import { isDeepStrictEqual } from 'node:util';
import type { Injector, Namespace } from '../admission/inject-review.ts';
import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Revision } from '../decision/revision.ts';
import { problemsOfNamespace } from '../status/namespace-problems.ts';
import { isEnding, type PodState, statusOfPod, type Today } from '../status/pod-status.ts';
import { eventOfNamespace, type Finding, findingOf } from './finding.ts';
import type { Due } from './telling.ts';

/** So many pods are in the same state for the same reason. */
export interface Count {
  readonly state: PodState;
  readonly reason: string;
  readonly pods: number;
}

/**
 * What the auditor knows of a cluster: of each pod how it is, and not the pod itself. That is some hundred bytes for a
 * pod of ten thousand; where the settings change, the pods are read anew.
 */
export interface Ledger {
  /** Judges a pod that is there, or has changed. @param now milliseconds that only grow. */
  seePod(pod: JsonObject, now: number): void;
  losePod(uid: string): void;
  /** All others are gone. */
  keepPods(uids: ReadonlySet<string>): void;
  /** @returns whether its pods are to be judged anew. */
  seeNamespace(name: string, namespace: Namespace, now: number): boolean;
  loseNamespace(name: string): void;
  keepNamespaces(names: ReadonlySet<string>): void;
  counts(): readonly Count[];
  /** Namespaces whose label means nothing, or whose annotations refuse their pods. */
  namespacesInTrouble(): number;
  /** What is to be told, each with when it was found. */
  events(): Iterable<Due>;
  findings(): Iterable<Finding & { readonly since: number }>;
}

interface Entry {
  readonly state: PodState;
  readonly reason: string;
  readonly finding: Finding | undefined;
  /** When it was found first. */
  readonly since: number;
}

interface NamespaceEntry {
  readonly namespace: Namespace;
  readonly events: readonly Due[];
}

/** @param injector by which pods are judged: the one in force, at each time. */
export function keepLedger(injector: () => Injector): Ledger {
  // Pods of other revisions are their injectors' to tell.
  const todayOf = (asked: Revision): Today | undefined => {
    const own = injector();
    return asked === own.revision ? { injector: own, imageKnown: true, compared: 'all' } : undefined;
  };
  const pods = new Map<string, Entry>();
  const namespaces = new Map<string, NamespaceEntry>();
  return {
    seePod(pod, now) {
      const uid = String(valueAt(pod, ['metadata', 'uid']));
      const at = namespaces.get(String(valueAt(pod, ['metadata', 'namespace'])));
      // A namespace that comes later has its pods judged then.
      const status = at === undefined || isEnding(pod) ? undefined : statusOfPod(pod, at.namespace, todayOf);
      if (status === undefined) return void pods.delete(uid);
      const finding = findingOf(pod, status);
      const before = pods.get(uid);
      const isSame = before?.finding?.event.name === finding?.event.name;
      const since = before !== undefined && isSame ? before.since : now;
      pods.set(uid, { state: status.state, reason: status.reason, finding, since });
    },
    losePod: (uid) => void pods.delete(uid),
    keepPods: (uids) => keepOnly(pods, uids),
    seeNamespace(name, namespace, now) {
      const before = namespaces.get(name);
      if (before && isDeepStrictEqual(saidBy(before.namespace), saidBy(namespace))) return false;
      const own = injector();
      // What is wrong with a namespace of another revision, that one's auditor tells.
      const problems =
        namespace.revision === own.revision ? problemsOfNamespace(name, namespace, own.foreign) : [];
      const events = problems.map((problem) => ({ event: eventOfNamespace(name, problem), since: now }));
      namespaces.set(name, { namespace, events });
      return true;
    },
    loseNamespace: (name) => void namespaces.delete(name),
    keepNamespaces: (names) => keepOnly(namespaces, names),
    counts() {
      const counts = new Map<string, Count>();
      for (const { state, reason } of pods.values()) {
        const key = `${state} ${reason}`;
        counts.set(key, { state, reason, pods: (counts.get(key)?.pods ?? 0) + 1 });
      }
      return [...counts.values()];
    },
    namespacesInTrouble: () => [...namespaces.values()].filter(({ events }) => events.length > 0).length,
    *events() {
      for (const { events } of namespaces.values()) yield* events;
      for (const { finding, since } of pods.values()) if (finding) yield { event: finding.event, since };
    },
    *findings() {
      for (const { finding, since } of pods.values()) if (finding) yield { ...finding, since };
    },
  };
}

/** What of a namespace decides; its other labels do not. */
const saidBy = ({ label, revision, annotations }: Namespace): unknown => [label, revision, annotations];

function keepOnly(map: Map<string, unknown>, keys: ReadonlySet<string>): void {
  for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
}
