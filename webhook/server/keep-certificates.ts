import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Authority, certificateOf } from '../certificates/authority.ts';
import { issueAuthority, issueServing } from '../certificates/issue.ts';
import { ObjectFailure } from '../certificates/object-failure.ts';
import { type Observed, type Sighting, type StoredServing, sight } from '../certificates/observed.ts';
import { type Plan, type Policy, plan, type Step } from '../certificates/plan.ts';
import { leafOf } from '../certificates/serving.ts';
import type { CertificateMetrics } from './certificate-metrics.ts';

/** What became of a write: `conflict` where another replica was first. */
export type Saved = 'saved' | 'conflict';

/** What became of writes to several objects: of those that did not fail, and what did. */
export interface Published {
  readonly saved: Saved;
  readonly failures: readonly unknown[];
}

/** Where certificates are stored and published: a cluster. */
export interface CertificateSurroundings {
  /** Reads all; each write is over what was read last. */
  observe(): Promise<Observed>;
  saveAuthority(authority: Authority): Promise<Saved>;
  saveServing(serving: StoredServing): Promise<Saved>;
  /** Into each configuration that was there, also where another one fails. */
  publish(bundle: string): Promise<Published>;
  /** Calls `changed` whenever one of all that may have. */
  watch(changed: () => void): void;
}

export interface KeepInput {
  readonly surroundings: CertificateSurroundings;
  readonly policy: Policy;
  readonly metrics: CertificateMetrics;
  readonly log: Logger;
  readonly signal: AbortSignal;
  now(): Date;
  /** Told after each pass, whatever came of it; `problem` where it did not come to its end. */
  passed(problem: string | undefined): void;
}

/** Where nothing changes, all is read again after this, in milliseconds: a watch can break unseen. */
const longestRest = 60_000;
/** Between two passes at least: others who write the same again and again are not outrun. */
const shortestRest = 100;
/** After a failure, and twice as long after each that follows, up to the second. */
const failureRest = { first: 1_000, longest: 10_000 };

/** Keeps the certificates as they should be until the signal comes. */
export async function keepCertificates(input: KeepInput): Promise<void> {
  const { surroundings, signal, passed } = input;
  let changed = Promise.withResolvers<void>();
  surroundings.watch(() => changed.resolve());
  let sighting: Sighting | undefined;
  let failures = 0;
  while (!signal.aborted) {
    changed = Promise.withResolvers<void>();
    const pass = await look(input, sighting).catch((error: unknown) => failed(error, sighting));
    sighting = pass.sighting;
    failures = pass.failures.length === 0 ? 0 : failures + 1;
    for (const failure of pass.failures) tellFailure(input, failure);
    const problems = [...pass.problems, ...new Set(pass.failures.map(problemOf))];
    passed(problems.length === 0 ? undefined : problems.join('; '));
    const again = Math.min(failureRest.first * 2 ** (failures - 1), failureRest.longest);
    await pause(shortestRest, signal);
    await pause(failures === 0 ? pass.rest : again, signal, pass.isRead ? changed.promise : undefined);
  }
}

/** What came of one pass. */
interface Pass {
  readonly sighting: Sighting | undefined;
  /** Whether it was read what there is: then a change is worth another look at once. */
  readonly isRead: boolean;
  /** What stands in the way for as long as nobody does something about it. */
  readonly problems: readonly string[];
  readonly failures: readonly unknown[];
  /** Milliseconds until the next one, where none failed. */
  readonly rest: number;
}

const failed = (error: unknown, sighting: Sighting | undefined): Pass => ({
  ...{ sighting, isRead: false, problems: [], failures: [error], rest: 0 },
});

async function look(input: KeepInput, before: Sighting | undefined): Promise<Pass> {
  const { surroundings, policy, metrics, log, now } = input;
  const observed = await surroundings.observe();
  const sighting = sight(before, observed, now());
  const { steps, until, problem } = plan(observed, sighting, policy, now());
  observeExpiry(metrics, observed);
  if (problem !== undefined) log.error({ problem }, 'the CA that was given cannot sign');
  const failures = await takeSteps(input, observed, steps);
  return {
    sighting,
    isRead: true,
    problems: problem === undefined ? [] : [`the CA that was given cannot sign: ${problem}`],
    failures: [...observed.unread.map(({ failure }) => failure), ...failures],
    rest: steps.length === 0 ? restUntil(until, now()) : shortestRest,
  };
}

function tellFailure({ metrics, log }: KeepInput, failure: unknown): void {
  if (failure instanceof ObjectFailure) metrics.observeFailure(failure);
  log.error({ err: failure }, 'certificates not kept, trying again');
}

const problemOf = (failure: unknown): string =>
  failure instanceof ObjectFailure
    ? failure.message
    : 'the last look at the certificates failed, for the reason in the log';

/** Ends early with the signal, or where something changes. */
async function pause(milliseconds: number, signal: AbortSignal, changed?: Promise<void>): Promise<void> {
  const early = new AbortController();
  void changed?.then(() => early.abort());
  const either = AbortSignal.any([signal, early.signal]);
  await setTimeout(milliseconds, undefined, { signal: either }).catch(() => undefined);
}

const restUntil = (until: Plan['until'], now: Date): number =>
  Math.max(0, Math.min(longestRest, until === undefined ? longestRest : until.getTime() - now.getTime()));

/** Takes all of them, also where one fails: returns what did. */
async function takeSteps(
  input: KeepInput,
  observed: Observed,
  steps: readonly Step[],
): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for (const step of steps) {
    const { saved, failures } = await takeStep(input, observed, step).then(
      (taken) => (typeof taken === 'string' ? { saved: taken, failures: [] } : taken),
      (error: unknown) => ({ saved: 'conflict', failures: [error] }) as const,
    );
    const result = failures.length === 0 ? saved : 'failed';
    input.metrics.observeStep(step.kind, result);
    if (result !== 'failed') input.log.info({ ...described(step), result }, 'certificates changed');
    all.push(...failures);
  }
  return all;
}

const described = (step: Step): object => ({
  step: step.kind,
  ...(step.kind !== 'publish' && { reason: step.reason }),
});

async function takeStep(
  { surroundings, policy, now }: KeepInput,
  observed: Observed,
  step: Step,
): Promise<Saved | Published> {
  switch (step.kind) {
    case 'issue-authority':
      return await surroundings.saveAuthority(issueAuthority(policy.authorityLife, now()));
    case 'publish':
      return await surroundings.publish(step.bundle);
    case 'issue-serving': {
      const { authority } = observed;
      if (authority === undefined) throw new Error('there is no CA to sign with');
      const { previous, previousUntil } = step;
      return await surroundings.saveServing({
        ...issueServing(authority, policy.dnsNames, policy.life, now()),
        authorities: `${certificateOf(authority)}${previous}`,
        previousUntil,
      });
    }
  }
}

function observeExpiry(metrics: CertificateMetrics, { authority, serving }: Observed): void {
  metrics.observeExpiry(
    'ca',
    expiryOf(() => authority && certificateOf(authority)),
  );
  metrics.observeExpiry(
    'serving',
    expiryOf(() => serving && leafOf(serving)),
  );
}

/** What cannot be read is replaced, or told as a problem. */
function expiryOf(read: () => { readonly validToDate: Date } | undefined): Date | undefined {
  try {
    return read()?.validToDate;
  } catch {
    return undefined;
  }
}
