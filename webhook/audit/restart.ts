import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { selects } from './label-selector.ts';
import type { Ailing } from './owners.ts';
import type { Workload } from './workload.ts';

/** On a workload that a restart did not heal: for what it is not restarted again. Who takes it away has it tried again. */
export const gaveUpAnnotation = 'outrider.io/restart-did-not-heal';

/** What is to be done about a workload now. */
export type Step =
  /** Another template, as by `kubectl rollout restart`. */
  | { readonly kind: 'restart' }
  /** One of its pods, as by `kubectl drain`. */
  | { readonly kind: 'evict'; readonly pod: string; readonly uid: string }
  /** Nothing yet. `told`: only a person can change it. */
  | { readonly kind: 'wait'; readonly message: string; readonly told: boolean };

/** Whoever restarted it: not again for so long. */
const pause = 60 * 60_000;

const wait = (message: string, told = false): Step => ({ kind: 'wait', message, told });

/** @param budgets PodDisruptionBudgets of its namespace. */
export function nextStep(
  { findings, reason }: Ailing,
  workload: Workload,
  budgets: readonly JsonObject[],
  now: Date,
): Step {
  const { annotations, strategy, paused, settled, restartedAt } = workload;
  // It was told when it was written.
  if (annotations[gaveUpAnnotation] === reason) return wait('a restart did not heal it');
  if (paused) return wait('its rollout is paused', true);
  if (strategy === 'partial') return wait('a partition keeps some of its pods as they are', true);
  if (!settled) return wait('its rollout is not done, or not all of its pods are ready');
  const [first] = findings;
  if (first === undefined) return wait('no pod of it is in trouble');
  const isEviction = strategy === 'on-delete';
  if (!isEviction && restartedAt !== undefined && now.getTime() - restartedAt.getTime() < pause) {
    return wait('it was restarted less than an hour ago');
  }
  // The API asks them of an eviction, too: one that would be refused is not tried.
  const budget = budgets.find((one) => forbids(one, workload, isEviction ? 1 : workload.takesAtOnce));
  if (budget !== undefined) {
    const name = valueAt(budget, ['metadata', 'name']);
    return wait(`the PodDisruptionBudget ${name} does not allow so many of its pods to be away`, true);
  }
  return isEviction ? { kind: 'evict', pod: first.pod, uid: first.uid } : { kind: 'restart' };
}

/**
 * A rollout does not ask the budgets, as an eviction does: it takes away as many pods at once as its strategy says. So it
 * is started only where so many may be away, and one at least: where none may, the application is not well.
 */
function forbids(budget: JsonObject, { labels }: Workload, takesAtOnce: number): boolean {
  if (!selects(valueAt(budget, ['spec', 'selector']), labels)) return false;
  const isSeen =
    Number(valueAt(budget, ['status', 'observedGeneration']) ?? 0) >=
    Number(valueAt(budget, ['metadata', 'generation']) ?? 0);
  const allowed = isSeen ? Number(valueAt(budget, ['status', 'disruptionsAllowed']) ?? 0) : 0;
  return allowed < Math.max(1, takesAtOnce);
}
