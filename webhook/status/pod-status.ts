import { reviewOf } from '../admission/explain-pod.ts';
import {
  type Injector,
  type Namespace,
  reviewPod,
  subjectOf,
  type Verdict,
} from '../admission/inject-review.ts';
import type { JsonObject } from '../admission/json.ts';
import { type Pod, parsePod } from '../admission/pod.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { readAnnotations } from '../decision/annotations.ts';
import { decide } from '../decision/decide.ts';
import { podLabel, revisionLabel } from '../decision/names.ts';
import { askedRevision, describeRevision, type Revision } from '../decision/revision.ts';
import { proxyContainer, reservedContainers, statusAnnotation } from '../injection/names.ts';
import { readPresentInjector } from '../offline/present-injection.ts';
import { type Difference, describeDifferences, findDifferences } from './differences.ts';
import { type Told, toldBy } from './told.ts';

/**
 * What a pod has, against what it would get if it were made now:
 *
 *     has a proxy ↓ would be →   injected the same   injected otherwise   refused   skipped
 *     yes                        injected            outdated             refused   leftover
 *     no                         missing             missing              refused   skipped
 */
export type PodState = 'injected' | 'outdated' | 'missing' | 'refused' | 'leftover' | 'skipped';

/** Of these nothing is to be done. */
export const wellStates: readonly PodState[] = ['injected', 'skipped'];

export interface PodStatus extends Told {
  readonly namespace: string;
  readonly pod: string;
  readonly state: PodState;
  /** In a word why it is decided so, as in the metrics. */
  readonly reason: string;
  /** A sentence for a person; empty where there is nothing to say. */
  readonly message: string;
}

/** What pods are compared with. */
export interface Today {
  /** What the cluster's webhook would inject by, as far as it is known. */
  readonly injector: Injector;
  /** Whether the image of the init container is the cluster's own word. */
  readonly imageKnown: boolean;
  /** `image`: what is rendered here may not be what the webhook renders; its image tells. */
  readonly compared: 'all' | 'image';
  /** What is installed instead, where no injector of the pod's revision is; for a person. */
  readonly insteadOf?: string;
}

/** A pod that has ended, or is about to, gets no other proxy. */
export const isEnding = (pod: JsonObject): boolean =>
  ['Succeeded', 'Failed'].includes(String(valueAt(pod, ['status', 'phase']))) ||
  valueAt(pod, ['metadata', 'deletionTimestamp']) !== undefined;

/**
 * The status of a pod; `undefined` of one that neither has a proxy nor is concerned with injection by any label.
 *
 * @param todayOf what pods of a revision are compared with; `undefined`: they are not to be judged
 */
export function statusOfPod(
  json: JsonObject,
  namespace: Namespace,
  todayOf: (asked: Revision) => Today | undefined,
): PodStatus | undefined {
  const [name, at] = [valueAt(json, ['metadata', 'name']), valueAt(json, ['metadata', 'namespace'])];
  const where = { namespace: String(at), pod: String(name) };
  const parsed = parsePod(json);
  // The API server holds no such pod.
  if (!parsed.ok) throw new Error(`Pod/${where.pod}: ${parsed.problems.join(', ')}`);
  const { pod } = parsed;
  const has = carriesProxy(pod);
  const asked = askedRevision(pod, namespace.revision);
  const today = todayOf(asked);
  if (today === undefined) return undefined;
  if (!has && namespace.label === undefined && !(podLabel in pod.labels)) return undefined;

  const present = readPresentInjector(json);
  const injector = {
    ...today.injector,
    ...(present.families && { families: present.families }),
    ...(!today.imageKnown && present.initImage !== undefined && { initImage: present.initImage }),
  };
  const verdict = reviewPod(reviewOf(json, where.namespace), namespace, injector);
  const told = toldBy(pod);
  if (today.insteadOf !== undefined && verdict.decision !== 'skip') {
    const message = `if it were made anew: there is no injector ${describeRevision(asked)}, only ${today.insteadOf}: label the pod or its namespace ${revisionLabel}, or outrider install`;
    return { ...where, state: 'refused', reason: 'revision-not-installed', message, ...told };
  }
  const differences = has ? relevant(findDifferences(pod, verdict.answer), today) : [];
  const moved: Difference[] =
    has && statusAnnotation in pod.annotations && told.revision !== asked
      ? [{ kind: 'injector', has: told.revision, now: asked }]
      : [];
  const why = () => explain(pod, where.namespace, namespace, injector);
  return { ...where, ...judge(has, verdict, [...moved, ...differences], why), ...told };
}

export const carriesProxy = ({ initContainers = [], annotations }: Pod): boolean =>
  // What an author declares has no status yet, and is no proxy before the webhook has made it one.
  initContainers.some(({ name }) => name === proxyContainer) &&
  (statusAnnotation in annotations ||
    reservedContainers.every((reserved) => initContainers.some(({ name }) => name === reserved)));

function judge(
  has: boolean,
  { answer, decision, reason }: Verdict,
  differences: readonly Difference[],
  why: () => string,
): Pick<PodStatus, 'state' | 'reason' | 'message'> {
  if (answer.kind === 'denied') {
    const message = answer.message.replace(/^outrider: /, '');
    return { state: 'refused', reason, message: `if it were made anew: ${message}` };
  }
  if (decision === 'skip') {
    return has
      ? { state: 'leftover', reason, message: `if it were made anew, it would have no proxy: ${why()}` }
      : { state: 'skipped', reason, message: why() };
  }
  if (!has) {
    const message = `the pod is older than what injects it (${why()}): delete it, and it is made anew`;
    return { state: 'missing', reason, message };
  }
  if (differences.length === 0) return { state: 'injected', reason, message: '' };
  return { state: 'outdated', reason, message: describeDifferences(differences) };
}

const explain = (pod: Pod, name: string, namespace: Namespace, injector: Injector): string => {
  const ofNamespace = readAnnotations('namespace annotation', namespace.annotations, injector.foreign);
  return decide(subjectOf(pod, { ...namespace, name, ofNamespace }, injector)).message;
};

const relevant = (differences: readonly Difference[], { compared }: Today): readonly Difference[] =>
  compared === 'all' ? differences : differences.filter(({ kind }) => kind === 'image');
