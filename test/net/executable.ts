import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Host, Outcome, RunOptions } from './host.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The compiled init tool. */
export const executable = `${root}dist/outrider-init`;

/** Compiles the init tool if its sources have changed since. */
export async function buildExecutable(): Promise<void> {
  await execa(`${root}tools/executables.sh`);
}

/** Runs the init tool in a host. */
export const runInit = (host: Host, args: readonly string[], options?: RunOptions): Promise<Outcome> =>
  host.exec(executable, args, options);
