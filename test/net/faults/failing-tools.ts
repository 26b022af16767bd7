import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable } from '../executable.ts';
import type { Host, Outcome } from '../host.ts';

/** What befalls a run at one of its commands. */
export type Fault = 'refused' | 'killed-before' | 'killed-after';

const tools = [
  'ip',
  'nft',
  ...['iptables', 'ip6tables'].flatMap((name) =>
    ['', '-nft', '-legacy'].flatMap((variant) => [`${name}${variant}-save`, `${name}${variant}-restore`]),
  ),
];

/**
 * Refuses as tools do; or kills the run that called it, before or after it has done its work. Calls that run side by
 * side are counted as well: a folder is made once.
 */
const wrapper = (tool: string, folder: string): string => `#!/bin/bash
n=1
until mkdir ${folder}/calls/$n 2> /dev/null; do n=$((n + 1)); done
if [ $n = "$FAULT_AT" ]; then
  case $FAULT in
  refused) echo "${tool}: not today" >&2; exit 4 ;;
  killed-before) kill -KILL $PPID; exit 1 ;;
  killed-after) /usr/sbin/${tool} "$@"; kill -KILL $PPID; exit 1 ;;
  esac
fi
exec /usr/sbin/${tool} "$@"
`;

/** Tools of the system in a folder of their own, of which one call can be made to fail. */
export interface FailingTools {
  /** Runs the init tool so that its command number `at` (from 1 on) fails; `reached` says whether there was one. */
  run(host: Host, args: readonly string[], fault: Fault, at: number): Promise<Outcome & { reached: boolean }>;
  remove(): Promise<void>;
}

export async function makeFailingTools(): Promise<FailingTools> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-faults-'));
  for (const tool of tools) {
    await writeFile(join(folder, tool), wrapper(tool, folder));
    await chmod(join(folder, tool), 0o755);
  }
  const calls = join(folder, 'calls');
  return {
    async run(host, args, fault, at) {
      await rm(calls, { recursive: true, force: true });
      await mkdir(calls);
      const env = [`PATH=${folder}:/usr/bin:/bin`, `FAULT=${fault}`, `FAULT_AT=${at}`];
      // A shell stays in front, so that a killed run is an exit code as well.
      const line = '"$@"; exit $?';
      const outcome = await host.exec('env', [...env, 'bash', '-c', line, 'bash', executable, ...args]);
      return { ...outcome, reached: (await readdir(calls)).length >= at };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
