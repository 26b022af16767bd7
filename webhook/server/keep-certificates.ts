import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Authority, certificateOf } from '../certificates/authority.ts';
import { issueAuthority, issueServing } from '../certificates/issue.ts';
import { type Observed, type Sighting, type StoredServing, sight } from '../certificates/observed.ts';
import { type Plan, type Policy, plan, type Step } from '../certificates/plan.ts';
import { leafOf } from '../certificates/serving.ts';
import type { CertificateMetrics } from './certificate-metrics.ts';

/** What became of a write: `conflict` where another replica was first. */
export type Saved = 'saved' | 'conflict';

/** Where certificates are stored and published: a cluster. */
export interface CertificateSurroundings {
  /** Reads all; each write is over what was read last. */
  observe(): Promise<Observed>;
  saveAuthority(authority: Authority): Promise<Saved>;
  saveServing(serving: StoredServing): Promise<Saved>;
  /** Into each configuration that was there. */
  publish(bundle: string): Promise<Saved>;
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
  const { surroundings, log, signal, now, passed } = input;
  let changed = Promise.withResolvers<void>();
  surroundings.watch(() => changed.resolve());
  let sighting: Sighting | undefined;
  let failures = 0;
  while (!signal.aborted) {
    changed = Promise.withResolvers<void>();
    let rest = shortestRest;
    try {
      const observed = await surroundings.observe();
      sighting = sight(sighting, observed, now());
      const { steps, until, problem } = plan(observed, sighting, input.policy, now());
      observeExpiry(input.metrics, observed);
      if (problem !== undefined) log.error({ problem }, 'the CA that was given cannot sign');
      await takeSteps(input, observed, steps);
      failures = 0;
      passed(problem === undefined ? undefined : `the CA that was given cannot sign: ${problem}`);
      if (steps.length === 0) rest = restUntil(until, now());
    } catch (error) {
      log.error({ err: error }, 'certificates not kept, trying again');
      passed('the last look at the certificates failed, for the reason in the log');
      rest = Math.min(failureRest.first * 2 ** failures, failureRest.longest);
      failures += 1;
    }
    await pause(shortestRest, signal);
    await pause(rest, signal, failures === 0 ? changed.promise : undefined);
  }
}

/** Ends early with the signal, or where something changes. */
async function pause(milliseconds: number, signal: AbortSignal, changed?: Promise<void>): Promise<void> {
  const early = new AbortController();
  void changed?.then(() => early.abort());
  const either = AbortSignal.any([signal, early.signal]);
  await setTimeout(milliseconds, undefined, { signal: either }).catch(() => undefined);
}

const restUntil = (until: Plan['until'], now: Date): number =>
  Math.max(0, Math.min(longestRest, until === undefined ? longestRest : until.getTime() - now.getTime()));

/** Takes all of them, also where one fails; then fails with the first failure. */
async function takeSteps(input: KeepInput, observed: Observed, steps: readonly Step[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      const saved = await takeStep(input, observed, step);
      input.metrics.observeStep(step.kind, saved);
      input.log.info({ ...described(step), result: saved }, 'certificates changed');
    } catch (error) {
      input.metrics.observeStep(step.kind, 'failed');
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

const described = (step: Step): object => ({
  step: step.kind,
  ...(step.kind !== 'publish' && { reason: step.reason }),
});

async function takeStep(
  { surroundings, policy, now }: KeepInput,
  observed: Observed,
  step: Step,
): Promise<Saved> {
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
