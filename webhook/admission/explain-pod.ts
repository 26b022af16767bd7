import type { Layer } from '../../settings/parse.ts';
import { readAnnotations } from '../decision/annotations.ts';
import { decide, explainDecision, type RuleOutcome } from '../decision/decide.ts';
import { findOddLabels } from '../decision/odd-labels.ts';
import { type Origin, originsOf } from '../decision/origins.ts';
import { proxyContainer } from '../injection/names.ts';
import { type Injector, type Namespace, reviewPod, subjectOf } from './inject-review.ts';
import { isObject, type JsonObject } from './json.ts';
import { type Pod, parsePod } from './pod.ts';
import type { Answer } from './response.ts';

/** What the webhook would do with a pod, and why. */
export interface Explanation {
  readonly decision: 'inject' | 'skip' | 'deny';
  /** One word, as in the metrics. */
  readonly reason: string;
  /** A sentence for a person. */
  readonly message: string;
  /** False where the pod has it all already, or is to have nothing. */
  readonly patched: boolean;
  /** Every rule that was asked, and at last what stops the pod; settings or parts that cannot be are told like rules. */
  readonly rules: readonly RuleOutcome[];
  /** Of a pod that is injected. */
  readonly settings: readonly Origin[];
  readonly warnings: readonly string[];
}

export type Explained =
  | { readonly ok: true; readonly explanation: Explanation }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Explains what {@link reviewPod} answers, which is asked for the outcome itself. */
export function explainPod(
  object: JsonObject,
  at: { readonly name: string; readonly namespace: Namespace },
  injector: Injector,
): Explained {
  const parsed = parsePod(object);
  if (!parsed.ok) return { ok: false, problems: parsed.problems };
  const { pod } = parsed;
  const ofNamespace = readAnnotations('namespace annotation', at.namespace.annotations, injector.foreign);
  const subject = subjectOf(pod, { ...at.namespace, name: at.name, ofNamespace }, injector);
  const {
    answer,
    decision,
    reason,
    problems = [],
    warnings = [],
  } = reviewPod(reviewOf(object, at.name), at.namespace, injector);
  if (decision === 'error') throw new Error(`a pod that parses was not understood: ${reason}`);
  const rules = explainDecision(subject);
  const passed = rules.at(-1)?.outcome === 'passed';
  const late = problems.map((message): RuleOutcome => ({ rule: reason, outcome: 'deny', message }));
  const message =
    answer.kind === 'denied' ? answer.message.replace(/^outrider: /, '') : decide(subject).message;
  return {
    ok: true,
    explanation: {
      decision,
      reason,
      message,
      patched: answer.kind === 'patched',
      rules: passed ? [...rules, ...late] : rules,
      settings: decision === 'inject' ? settingsOf(pod, ofNamespace.layer, injector, answer) : [],
      warnings: [...findOddLabels(subject), ...warnings],
    },
  };
}

/** The review that the API server would send for the pod. */
export function reviewOf(object: JsonObject, namespace: string): Parameters<typeof reviewPod>[0] {
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  return { uid: 'offline', operation: 'CREATE', namespace, kind, object };
}

function settingsOf(
  pod: Pod,
  ofNamespace: Layer,
  { config, foreign }: Injector,
  answer: Answer,
): readonly Origin[] {
  const origins = originsOf([
    config.layer,
    ofNamespace,
    readAnnotations('pod annotation', pod.annotations, foreign).layer,
  ]);
  const uid = uidOfProxy(pod, answer);
  return origins.map((origin) =>
    origin.key === 'proxy-uid' && uid !== undefined && origin.value !== `${uid}`
      ? { ...origin, value: `${uid}`, source: 'chosen for this pod' }
      : origin,
  );
}

/** The uid that the proxy gets, or has; with TPROXY it is root, and this its group. */
function uidOfProxy({ initContainers = [] }: Pod, answer: Answer): unknown {
  const operations = answer.kind === 'patched' ? answer.operations : [];
  const coming = operations.flatMap((operation) => (operation.op === 'remove' ? [] : operation.value));
  const present = initContainers.map(({ json }) => json);
  const proxy = [...coming, ...present].find((one) => isObject(one) && one.name === proxyContainer);
  return isObject(proxy) && isObject(proxy.securityContext) ? proxy.securityContext.runAsGroup : undefined;
}
