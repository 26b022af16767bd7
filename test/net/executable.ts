import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Host, Outcome, RunOptions } from './host.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The compiled init tool. */
export const executable = `${root}dist/outrider-init`;

let built: Promise<unknown> | undefined;

/** Compiles the init tool if its sources have changed since. Looks at them once. */
export async function buildExecutable(): Promise<void> {
  built ??= execa(`${root}tools/executables.sh`);
  await built;
}

/** Runs the init tool in a host. */
export const runInit = (host: Host, args: readonly string[], options?: RunOptions): Promise<Outcome> =>
  host.exec(executable, args, options);
