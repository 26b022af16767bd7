import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

const script = join(import.meta.dirname, 'post.lua');
/** What an API server under load keeps open. */
const connections = 32;

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
}

/** Posts the lines of the file `reviews` as fast as they are answered. */
export async function saturate(url: string, reviews: string, seconds: number): Promise<Load> {
  const options = ['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '-s', script];
  const { stdout } = await execa('wrk', [...options, url], { env: { REVIEWS: reviews } });
  const { requests, microseconds, failed } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  if (failed > 0) throw new Error(`${failed} of ${requests} reviews failed: ${url}`);
  return { requests, perSecond: requests / (microseconds / 1e6) };
}

/**
 * Posts `count` reviews at a steady rate over kept connections; the milliseconds to each answer, ascending, from the
 * moment at which it was due: a server that stalls is charged for all that waited meanwhile.
 */
export async function pace(
  url: string,
  bodies: readonly string[],
  ca: string,
  { rate, count }: { rate: number; count: number },
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca });
  const headers = { 'content-type': 'application/json' };
  const answered = (body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = request(url, { agent, method: 'POST', headers }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      });
      call.once('error', reject).end(body);
    });
  const started = performance.now();
  const replies: Promise<number>[] = [];
  for (let index = 0; index < count; index += 1) {
    const due = started + (index * 1000) / rate;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    const reply = answered(bodies[index % bodies.length] ?? '').then((status) => {
      if (status !== 200) throw new Error(`${url} answered ${status}`);
      return performance.now() - due;
    });
    replies.push(reply);
  }
  const times = await Promise.all(replies);
  agent.destroy();
  return times.sort((a, b) => a - b);
}

/** Resident memory of a process, in MiB. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}

/** Linux counts in hundredths of a second, whatever the kernel's own clock (USER_HZ in asm-generic/param.h). */
const tick = 10_000;

/** Processor time that a process has used, in microseconds: user and system, all threads. */
export async function processorTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Fields from the third on; the second, a name in parentheses, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tick;
}
