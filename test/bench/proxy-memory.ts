import { setTimeout as sleep } from 'node:timers/promises';
import { fixture } from '../net/traffic.ts';
import type { Way } from './proxy-ways.ts';
import { anonymousMemory } from './usage.ts';
import { saturate } from './wrk.ts';

const crowd = 1000;
const seconds = 5;

/** Anonymous memory of one proxy that has just started, in MiB. */
export interface Memory {
  readonly idle: number;
  /** With a thousand connections on which nothing is said. */
  readonly quiet: number;
  /** The most, while as many are asked as fast as they answer. */
  readonly active: number;
}

export async function measureMemory({ client, url, pids: [pid = 0] }: Way): Promise<Memory> {
  const idle = await anonymousMemory(pid);

  const { hostname, port } = new URL(url);
  const args = [fixture('crowd.py'), 'open', hostname, port, `${crowd}`];
  const program = client.spawn('/usr/bin/python3', args);
  const open = Number(await program.nextLine());
  if (open !== crowd) throw new Error(`${open} of ${crowd} connections are open`);
  const quiet = await anonymousMemory(pid);
  await program.stop();

  let active = 0;
  let isOver = false;
  const over = saturate(client, url, { connections: crowd, seconds }).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    active = Math.max(active, await anonymousMemory(pid));
    await sleep(100);
  }
  await over;
  return { idle, quiet, active };
}
