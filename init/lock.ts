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
  let free = bind();
  while (free === 'taken') {
    if (performance.now() >= deadline) throw locked(wait);
    await sleep(interval);
    free = bind();
  }
  try {
    return await work();
  } finally {
    if (free !== 'impossible') free();
  }
}

/** How to free the lock; or why there is none. */
function bind(): (() => void) | 'taken' | 'impossible' {
  try {
    // Who connects is turned away, and so cannot keep this process from ending.
    const socket = { open: (one: { end(): void }) => one.end(), data: () => {} };
    const server = Bun.listen({ unix: `\0${name}`, socket });
    return () => server.stop(true);
  } catch (error) {
    // Where such a socket is not allowed, no other run can have it either, and one alone needs none.
    return (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'taken' : 'impossible';
  }
}

const locked = (seconds: number): InitError =>
  new InitError(
    'locked',
    `another run of outrider-init holds the lock @${name} after --wait ${seconds} s, and nothing was changed: ` +
      'let it end, or wait longer (ss -xlp shows who holds it)',
  );
