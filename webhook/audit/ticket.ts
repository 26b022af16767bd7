import { isObject, type JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Finding } from './finding.ts';
import { type Owner, reasonOf } from './owners.ts';
import type { Step } from './restart.ts';
import { restartedAt } from './workload.ts';

/** On the Lease: what it was taken for. */
export const ticketAnnotation = 'outrider.io/restart';

/**
 * The right to restart one workload, which is one for the whole cluster: who writes it first has it, and the next may
 * come when that restart is over.
 */
export interface Ticket {
  readonly owner: Owner;
  readonly reason: string;
  /** When it was taken, and the restart's own time. */
  readonly at: string;
  /** The pod that was to be evicted; without it, all were to be made anew. */
  readonly evicted?: { readonly pod: string; readonly uid: string };
  /** So many of its pods may still be in trouble afterwards. */
  readonly left: number;
}

export const ticketFor = (
  owner: Owner,
  reason: string,
  step: Exclude<Step, { kind: 'wait' }>,
  ailing: number,
  now: Date,
): Ticket => ({
  owner,
  reason,
  at: now.toISOString(),
  ...(step.kind === 'evict' ? { evicted: { pod: step.pod, uid: step.uid }, left: ailing - 1 } : { left: 0 }),
});

/** The ticket that a Lease holds; `undefined` where there is none. */
export function readTicket(lease: JsonObject | undefined): Ticket | undefined {
  const text = valueAt(lease, ['metadata', 'annotations', ticketAnnotation]);
  try {
    const ticket: unknown = JSON.parse(String(text));
    return isObject(ticket) && isObject(ticket.owner) ? (ticket as unknown as Ticket) : undefined;
  } catch {
    return undefined;
  }
}

/** What became of a restart; `not-done`: its replica ended before it did it. */
export type Outcome = 'healed' | 'not-healed' | 'not-done' | 'going-on';

/**
 * @param workload it, settled.
 * @param evicted what is there under the name of the pod that was evicted.
 * @param findings of its pods that are in trouble now.
 */
export function outcomeOf(
  ticket: Ticket,
  workload: JsonObject,
  evicted: JsonObject | undefined,
  findings: readonly Finding[],
): Outcome {
  if (ticket.evicted === undefined) {
    const at = valueAt(workload, ['spec', 'template', 'metadata', 'annotations', restartedAt]);
    if (at !== ticket.at) return 'not-done';
  } else if (valueAt(evicted, ['metadata', 'uid']) === ticket.evicted.uid) {
    // A pod may take long to end, and its workload counts it as ready until then.
    return valueAt(evicted, ['metadata', 'deletionTimestamp']) === undefined ? 'not-done' : 'going-on';
  }
  // Another trouble may have come meanwhile.
  const same = findings.filter((finding) => reasonOf(finding) === ticket.reason);
  return same.length > ticket.left ? 'not-healed' : 'healed';
}

/** Whether the next restart may begin: the Lease was taken so long ago, or never. @param interval milliseconds. */
export function isDue(lease: JsonObject | undefined, interval: number, now: Date): boolean {
  const taken = new Date(String(valueAt(lease, ['spec', 'renewTime']) ?? 0));
  return now.getTime() - taken.getTime() >= interval;
}
