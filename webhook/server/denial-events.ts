import type { Logger } from 'pino';
import type { WarningEvent } from '../admission/denial.ts';
import type { Metrics } from './metrics.ts';

/** What became of a denial that was to be told. */
export type Telling = 'posted' | 'repeated' | 'dropped' | 'failed';

export interface TellerInput {
  post(warning: WarningEvent): Promise<void>;
  readonly metrics: Pick<Metrics, 'observeTelling'>;
  readonly log: Logger;
  /** Milliseconds that only grow. */
  now(): number;
}

/** A controller whose pods are denied tries again for ever: the same is told once in this time, in milliseconds. */
const repetition = 10 * 60_000;
/** So many at once, and then one for each pause: the API server has other work. */
const burst = 20;
const pause = 1_000;
/** So many posts that are not answered yet. */
const mostPending = 10;

/** Posts denials as Events, beside the reviews: nobody waits for it, and it never fails. */
export function denialTeller({ post, metrics, log, now }: TellerInput): (warning: WarningEvent) => void {
  const told = new Map<string, number>();
  let pending = 0;
  let allowance = burst;
  let filled = now();

  const limit = (name: string, at: number): Telling | undefined => {
    // A Map keeps the order of insertion; and the rate bounds how many there are.
    for (const [oldest, since] of told) {
      if (at - since < repetition) break;
      told.delete(oldest);
    }
    if (told.has(name)) return 'repeated';
    allowance = Math.min(burst, allowance + (at - filled) / pause);
    filled = at;
    return allowance < 1 || pending >= mostPending ? 'dropped' : undefined;
  };

  return (warning) => {
    const at = now();
    const limited = limit(warning.name, at);
    if (limited !== undefined) return metrics.observeTelling(limited);
    allowance -= 1;
    pending += 1;
    told.set(warning.name, at);
    post(warning)
      .then(
        () => metrics.observeTelling('posted'),
        (error: unknown) => {
          told.delete(warning.name);
          metrics.observeTelling('failed');
          log.warn({ err: error, namespace: warning.namespace }, 'event not posted');
        },
      )
      .finally(() => {
        pending -= 1;
      });
  };
}
