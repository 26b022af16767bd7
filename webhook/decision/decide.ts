import * as names from './names.ts';
import { rules, type Subject } from './rules.ts';

/** `reason` is one word for metrics, `message` a sentence for a person. */
export type Decision =
  | { readonly kind: 'inject'; readonly reason: string; readonly message: string }
  | { readonly kind: 'skip'; readonly reason: string; readonly message: string }
  | { readonly kind: 'deny'; readonly reason: string; readonly message: string };

/**
 * Whether a pod gets a proxy. The selectors and matchConditions of the webhook configuration say the same:
 *
 *     namespace ↓ pod →   (none)   true     false   anything else
 *     enabled             inject   inject   skip    deny
 *     (none), other       skip     inject   skip    skip
 *     disabled            skip     skip     skip    skip
 *
 * That is whether. Which injector: the one of the pod's label `outrider.io/revision`, or else of its namespace's, or else
 * the one that was installed without a revision; all others skip the pod.
 *
 * Where `inject` is enforced, `false` in an enabled namespace is denied: by the admission policies in the manifests,
 * since such a pod never reaches the webhook.
 */
export function decide(subject: Subject): Decision {
  for (const { kind, reason, stops } of rules) {
    const message = stops(subject);
    if (message !== undefined) return { kind, reason, message };
  }
  return subject.pod.labels[names.podLabel] === 'true'
    ? { kind: 'inject', reason: 'pod-label-true', message: `the pod is labelled ${names.podLabel}=true` }
    : {
        kind: 'inject',
        reason: 'namespace-enabled',
        message: `the namespace is labelled ${names.namespaceLabel}=enabled`,
      };
}

/** What a rule said of a pod. */
export interface RuleOutcome {
  readonly rule: string;
  readonly outcome: 'passed' | 'skip' | 'deny';
  readonly message: string;
}

/** Every rule that {@link decide} asks about the pod: those that let it pass, and the one that stops it. */
export function explainDecision(subject: Subject): readonly RuleOutcome[] {
  const outcomes: RuleOutcome[] = [];
  for (const { reason: rule, kind, stops, passes } of rules) {
    const message = stops(subject);
    if (message !== undefined) return [...outcomes, { rule, outcome: kind, message }];
    outcomes.push({ rule, outcome: 'passed', message: passes(subject) });
  }
  return outcomes;
}
