import type { Logger } from 'pino';
import { nameOfEvent, type WarningEvent } from '../admission/denial.ts';
import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Ledger } from '../audit/ledger.ts';
import { type Ailing, findAiling, nameOfOwner, type Owner, reasonOf } from '../audit/owners.ts';
import { gaveUpAnnotation, nextStep, type Step } from '../audit/restart.ts';
import { createTelling } from '../audit/telling.ts';
import { isDue, type Outcome, outcomeOf, readTicket, type Ticket, ticketFor } from '../audit/ticket.ts';
import { readWorkload, restartedAt } from '../audit/workload.ts';
import type { Revision } from '../decision/revision.ts';
import type { Api } from './api.ts';
import { restartLease } from './restart-lease.ts';

export interface RestartInput {
  readonly api: Api;
  readonly ledger: Ledger;
  /** In which the Lease is. */
  readonly namespace: string;
  /** Of the auditor. */
  readonly revision: Revision;
  /** Of this replica. */
  readonly identity: string;
  /** From one restart to the next, in milliseconds. */
  readonly interval: number;
  post(event: WarningEvent): Promise<void>;
  observeRestart(result: 'restarted' | 'evicted' | 'failed' | 'healed' | 'not-healed'): void;
  readonly log: Logger;
}

/** How often the Lease is read at most, in milliseconds. */
const betweenLooks = 10_000;
/** Owners that have to wait are looked at again after so long, and so many in one round, in milliseconds. */
const lookAgain = 60_000;
const mostLooks = 20;
const restAfterFailure = 60 * 60_000;
/** A rollout that takes longer is told. */
const overdue = 10 * 60_000;
/** The watch may be behind what the workload says of its pods, in milliseconds. */
const lag = 5_000;

const pathOf = ({ kind, namespace, name }: Owner): string =>
  `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;

/** Restarts what has pods in trouble, one workload after another; `round` is called again and again. */
export function createRestarter(input: RestartInput): (now: number) => Promise<void> {
  const { api, ledger, interval, log, observeRestart } = input;
  const lease = restartLease(api, input);
  /** By the owner's name: until when it is left alone. */
  const resting = new Map<string, number>();
  let settledAt: { readonly ticket: string; readonly since: number } | undefined;
  let looked = Number.NEGATIVE_INFINITY;

  const telling = createTelling();
  const tell = async (
    owner: Owner,
    object: JsonObject,
    reason: string,
    message: string,
    at = '',
  ): Promise<void> => {
    const uid = valueAt(object, ['metadata', 'uid']);
    const about = { apiVersion: 'apps/v1', ...owner, ...(typeof uid === 'string' && { uid }) };
    const text = `outrider: ${message}`;
    const event: WarningEvent = {
      ...(at !== '' && { type: 'Normal' }),
      ...{ name: nameOfEvent(about, text + at), namespace: owner.namespace, about, reason, message: text },
    };
    const found = { event, since: Number.NEGATIVE_INFINITY };
    if (telling.due([found], performance.now()).length === 0) return;
    log.info({ ...owner, reason, problem: message }, 'audit and restart');
    await input.post(event).catch((error) => {
      telling.forget(event);
      log.warn({ err: error, ...owner }, 'event not posted');
    });
  };

  /** What became of the restart that the ticket is for; `undefined` where it goes on. */
  const findOutcome = async (
    ticket: Ticket,
    now: number,
  ): Promise<Exclude<Outcome, 'going-on'> | undefined> => {
    const { owner, reason } = ticket;
    const object = await api.get(pathOf(owner));
    if (object === undefined) return 'not-done';
    const { settled, version, annotations } = readWorkload(owner.kind, object);
    if (!settled) {
      settledAt = undefined;
      const message = 'its rollout is not done: nothing else is restarted until it is';
      if (Date.now() - Date.parse(ticket.at) > overdue) await tell(owner, object, 'RestartNotDone', message);
      return undefined;
    }
    const { evicted } = ticket;
    const pod = evicted && (await api.get(`/api/v1/namespaces/${owner.namespace}/pods/${evicted.pod}`));
    const own = findAiling(ledger.findings()).find((one) => nameOfOwner(one.owner) === nameOfOwner(owner));
    const outcome = outcomeOf(ticket, object, pod, own?.findings ?? []);
    if (outcome === 'going-on') {
      settledAt = undefined;
      return undefined;
    }
    if (settledAt?.ticket !== ticket.at) settledAt = { ticket: ticket.at, since: now };
    if (now - settledAt.since < lag) return undefined;
    if (outcome === 'not-healed' && annotations[gaveUpAnnotation] !== reason) {
      const metadata = { resourceVersion: version, annotations: { [gaveUpAnnotation]: reason } };
      await api.send('PATCH', pathOf(owner), { metadata }, 'merge-patch+json');
      const message = `a restart did not heal it, and it is not restarted again for that: ${reason}`;
      await tell(owner, object, 'RestartDidNotHeal', message);
    }
    return outcome;
  };

  const act = async (
    ticket: Ticket,
    step: Exclude<Step, { kind: 'wait' }>,
    object: JsonObject,
  ): Promise<void> => {
    const { owner, reason, at } = ticket;
    if (step.kind === 'evict') {
      const { namespace } = owner;
      const metadata = { name: step.pod, namespace };
      const deleteOptions = { preconditions: { uid: step.uid } };
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata, deleteOptions };
      await api.send('POST', `/api/v1/namespaces/${namespace}/pods/${step.pod}/eviction`, body);
      observeRestart('evicted');
      return await tell(owner, object, 'PodEvicted', `its pod ${step.pod} is made anew: ${reason}`, at);
    }
    const { version } = readWorkload(owner.kind, object);
    const template = { metadata: { annotations: { [restartedAt]: at } } };
    const body = { metadata: { resourceVersion: version }, spec: { template } };
    await api.send('PATCH', pathOf(owner), body, 'merge-patch+json');
    observeRestart('restarted');
    await tell(owner, object, 'Restarted', `its pods are made anew: ${reason}`, at);
  };

  /** @returns whether there was something to do. */
  const tryOne = async (ailing: Ailing, held: JsonObject | undefined): Promise<boolean> => {
    const { owner, reason, findings } = ailing;
    const object = await api.get(pathOf(owner));
    if (object === undefined) return false;
    const budgets = await api.list(`/apis/policy/v1/namespaces/${owner.namespace}/poddisruptionbudgets`);
    const now = new Date();
    const step = nextStep(ailing, readWorkload(owner.kind, object), budgets, now);
    if (step.kind === 'wait') {
      const message = `its pods have to be made anew, but ${step.message}: ${reason}`;
      if (step.told) await tell(owner, object, 'RestartWaits', message);
      return false;
    }
    const same = findings.filter((finding) => reasonOf(finding) === reason);
    const ticket = ticketFor(owner, reason, step, same.length, now);
    if (!(await lease.take(held, ticket))) return true;
    await act(ticket, step, object).catch(async (error) => {
      observeRestart('failed');
      log.warn({ err: error, ...owner }, 'not restarted');
      // Whoever refuses it would refuse it again, and the others wait.
      resting.set(nameOfOwner(owner), performance.now() + restAfterFailure);
      await lease.close(await lease.read());
    });
    return true;
  };

  return async (now) => {
    const ailing = findAiling(ledger.findings()).filter(
      ({ findings: [first] }) => first !== undefined && now - first.since >= interval,
    );
    if (now - looked < (ailing.length === 0 ? interval : Math.min(interval, betweenLooks))) return;
    looked = now;
    const held = await lease.read();
    const ticket = readTicket(held);
    if (ticket !== undefined) {
      const outcome = await findOutcome(ticket, now);
      // Of all replicas one gives it back, and counts.
      if (outcome !== undefined && (await lease.close(held)) && outcome !== 'not-done')
        observeRestart(outcome);
      return;
    }
    if (!isDue(held, interval, new Date())) return;
    let looks = 0;
    for (const one of ailing) {
      if (!mayLook(resting, nameOfOwner(one.owner), now)) continue;
      looks += 1;
      if ((await tryOne(one, held)) || looks === mostLooks) return;
    }
  };
}

/** Whether it is time to look at it, and then not again for a while. */
function mayLook(resting: Map<string, number>, name: string, now: number): boolean {
  for (const [oldest, until] of resting) if (until <= now) resting.delete(oldest);
  if (resting.has(name)) return false;
  resting.set(name, now + lookAgain);
  return true;
}
