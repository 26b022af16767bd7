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
