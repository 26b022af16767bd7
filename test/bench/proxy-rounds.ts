import type { Way } from './proxy-ways.ts';
import { kernelTicks, processorTime } from './usage.ts';
import { type Load, saturate } from './wrk.ts';

/** One way in one round. */
export interface Sample {
  readonly perSecond: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the proxies for a request, in microseconds. */
  readonly cost: number;
  /** The kernel's share of that, from 0 to 1. */
  readonly kernel: number;
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
  const before = await used(pids);
  const { requests, ...rate } = await saturate(client, url, load);
  const after = await used(pids);
  const kernel = (after.kernel - before.kernel) / (after.all - before.all);
  return { ...rate, cost: (after.time - before.time) / requests, kernel };
}

interface Used {
  readonly time: number;
  readonly kernel: number;
  readonly all: number;
}

async function used(pids: readonly number[]): Promise<Used> {
  const each = await Promise.all(
    pids.map(async (pid) => ({ time: await processorTime(pid), ...(await kernelTicks(pid)) })),
  );
  const sum = (field: keyof Used): number => each.reduce((total, one) => total + one[field], 0);
  return { time: sum('time'), kernel: sum('kernel'), all: sum('all') };
}
