import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { InitError } from './init-error.ts';
import type { Options } from './options.ts';

/**
 * An abstract Unix socket: its name belongs to the network namespace, as the rules do and as no file does, and the
 * kernel frees it with its process, however that one ends.
 */
const name = 'outrider-init';
/** Between two attempts, in milliseconds: less than a run takes. */
const interval = 10;

/**
 * Does `work` while no other run does its own in this network namespace: two that both see no jump would each insert
 * one. A dry run changes nothing, and waits for nobody.
 * @throws InitError `locked` after `wait` seconds
 */
export async function alone<T>(
  { wait, dryRun }: Pick<Options, 'wait' | 'dryRun'>,
  work: () => T | Promise<T>,
): Promise<T> {
  if (dryRun) return work();
  const deadline = performance.now() + wait * 1000;
  let lock = await bind();
  while (lock === 'taken') {
    if (performance.now() >= deadline) throw locked(wait);
    await sleep(interval);
    lock = await bind();
  }
  try {
    return await work();
  } finally {
    if (lock !== 'impossible') lock.close();
  }
}

function bind(): Promise<Server | 'taken' | 'impossible'> {
  return new Promise((resolve) => {
    // Who connects is turned away, and so cannot keep this process from ending.
    const server = createServer((socket) => socket.destroy());
    // Where such a socket is not allowed, no other run can have it either, and one alone needs none.
    server.once('error', (error) =>
      resolve('code' in error && error.code === 'EADDRINUSE' ? 'taken' : 'impossible'),
    );
    server.listen(`\0${name}`, () => resolve(server));
  });
}

const locked = (seconds: number): InitError =>
  new InitError(
    'locked',
    `another run of outrider-init holds the lock @${name} after --wait ${seconds} s, and nothing was changed: ` +
      'let it end, or wait longer (ss -xlp shows who holds it)',
  );
