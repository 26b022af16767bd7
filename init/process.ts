import type { Command } from './iptables/plan.ts';

/**
 * The only file that starts processes. It asks Bun itself: what Bun offers of `node:child_process` takes twice as long
 * to load and to run, and all of a pod's start waits for it.
 */

export type Outcome =
  | { readonly kind: 'ended'; readonly status: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals; readonly stderr: string }
  | { readonly kind: 'late'; readonly stderr: string }
  | { readonly kind: 'not started'; readonly cause: NodeJS.ErrnoException };

/** When all processes have to be over, in milliseconds of this process's clock: one for the whole run. */
let deadline = Number.POSITIVE_INFINITY;

/** Ends, by force, what has not ended in so many seconds from now. */
export function limitTime(seconds: number): void {
  deadline = performance.now() + seconds * 1000;
}

/** Runs one command to its end. Several can run side by side. */
export async function runProcess(
  { command, args, input = '' }: Command,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const left = Math.ceil(deadline - performance.now());
  try {
    const child = Bun.spawn([command, ...args], {
      stdin: new TextEncoder().encode(input),
      stdout: 'pipe',
      stderr: 'pipe',
      env,
      ...(Number.isFinite(left) && { timeout: Math.max(1, left) }),
      killSignal: 'SIGKILL',
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (child.signalCode === null) return { kind: 'ended', status: child.exitCode ?? 0, stdout, stderr };
    const late = performance.now() >= deadline;
    return late ? { kind: 'late', stderr } : { kind: 'killed', signal: child.signalCode, stderr };
  } catch (cause) {
    return { kind: 'not started', cause: cause as NodeJS.ErrnoException };
  }
}

/** Waits for all of them, and throws what the first of those that fail has thrown. */
export async function allOf(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
