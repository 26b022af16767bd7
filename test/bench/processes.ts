import { spawnSync } from 'node:child_process';

/** The processes that a command starts to look at the kernel's rules, and those that may change them. */
export interface Processes {
  readonly reading: number;
  readonly changing: number;
}

const tool = /(?:ip6?tables[a-z-]*|nft|ip)$/;

/** Counts the tools that a command starts, by tracing its system calls. */
export function countProcesses(command: readonly string[]): Processes {
  const { stderr, status } = spawnSync(
    'strace',
    ['-f', '-qq', '-s', '4096', '-e', 'trace=execve', '-z', ...command],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  const calls = [...stderr.matchAll(/execve\("([^"]+)", \[(.*?)\]/g)].filter(
    ([, path = '', args = '']) => tool.test(path) && !args.includes('"netns"'),
  );
  const reading = calls.filter(([, path = '', args = '']) => isReading(path, args)).length;
  return { reading, changing: calls.length - reading };
}

const isReading = (path: string, args: string): boolean =>
  path.endsWith('-save') || /"(--test|-c|list|-N)"/.test(args);

/** Of the largest of its processes, in KiB. */
export function peakMemory(command: readonly string[]): number {
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%M', ...command], { encoding: 'utf8' });
  const kib = Number(stderr.trim().split('\n').at(-1));
  if (status !== 0 || Number.isNaN(kib)) throw new Error(stderr);
  return kib;
}
