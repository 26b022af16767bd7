import type { Way } from './proxy-ways.ts';
import { processorTime } from './usage.ts';
import { type Load, saturate } from './wrk.ts';

/** One way in one round. */
export interface Sample {
  readonly perSecond: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the proxies for a request, in microseconds. */
  readonly cost: number;
}

/** Each way once a round, in turns, so that what else the machine does falls on all alike. The samples, by way. */
export async function runRounds<Name extends string>(
  ways: Readonly<Record<Name, Way>>,
  load: Load,
  rounds: number,
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(ways) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Sample[]>;
  for (let round = 0; round < rounds; round += 1)
    for (const name of names) samples[name].push(await take(ways[name], load));
  return samples;
}

async function take({ client, url, pids }: Way, load: Load): Promise<Sample> {
  const used = async (): Promise<number> =>
    (await Promise.all(pids.map(processorTime))).reduce((sum, time) => sum + time, 0);
  const before = await used();
  const { requests, ...rate } = await saturate(client, url, load);
  return { ...rate, cost: ((await used()) - before) / requests };
}
