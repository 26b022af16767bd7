import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable } from './executable.ts';
import type { Host, Outcome, RunOptions } from './host.ts';

/** What of a run reached outside its own processes, as strace saw it. */
export interface TracedOutcome extends Outcome {
  /** The calls that change something, each behind the program that made it. */
  readonly changes: readonly string[];
  /** The programs that were run. */
  readonly programs: readonly string[];
}

/** All calls by name, by socket or by device; what could send on a socket as well; and what would go past these. */
const traced = [
  ...['%file', '%network', 'ioctl', 'write', 'writev', 'sendfile', 'splice', 'fchmod', 'fchown'],
  ...['init_module', 'finit_module', 'delete_module', 'setns', 'unshare', 'bpf', 'io_uring_setup'],
].join();

/** Runs the init tool and all that it starts under strace. */
export async function traceInit(
  host: Host,
  args: readonly string[],
  options: RunOptions = {},
): Promise<TracedOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-trace-'));
  try {
    // A file for each thread, so that no call is torn apart. -v shows every message of a batch, -yy what a descriptor is.
    const strace = ['-ff', '-v', '-yy', '-qq', '-e', `trace=${traced}`, '-e', 'signal=none', '-o'];
    const outcome = await host.exec('strace', [...strace, `${folder}/trace`, executable, ...args], options);
    const traces = await Promise.all(
      (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')),
    );
    return {
      ...outcome,
      changes: traces.flatMap(changesIn),
      programs: traces.flatMap((trace) => programOf(trace) ?? []),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const programOf = (trace: string): string | undefined => /^execve\("([^"]*)".* = 0$/m.exec(trace)?.[1];

export function changesIn(trace: string): readonly string[] {
  const program = programOf(trace) ?? 'a thread';
  return trace
    .split('\n')
    .filter((line) => line !== '' && !isCutOff(line) && isChange(line))
    .map((line) => `${program}: ${line}`);
}

/** A thread that its process took along while it stood before the kernel: the call was not made, and has no name. */
const isCutOff = (line: string): boolean => line === '???( <detached ...>';

/** What only looks, whatever its arguments: a call that is not listed, here or below, counts as a change. */
const looking = new Set([
  ...['access', 'faccessat', 'faccessat2', 'stat', 'lstat', 'newfstatat', 'statx', 'statfs', 'fstatfs'],
  ...['readlink', 'readlinkat', 'getcwd', 'chdir', 'execve'],
  ...['socket', 'socketpair', 'connect', 'getsockname', 'getpeername', 'shutdown', 'getsockopt'],
  ...['recv', 'recvfrom', 'recvmsg', 'recvmmsg'],
]);

function isChange(line: string): boolean {
  const [, call = line, args = ''] = /^(\w+)\((.*)/.exec(line) ?? [];
  // iptables-nft and nft open /dev/null to keep the first three descriptors taken.
  const named = args.includes('"/dev/null"');
  switch (call) {
    case 'open':
    case 'openat':
      return !named && /O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)/.test(args);
    case 'ioctl':
      // Asks whether a descriptor is a terminal.
      return !/^\d+<.*>, TCGETS,/.test(args);
    case 'setsockopt':
      // Of the socket itself. Rules are replaced by SOL_IP, IPT_SO_SET_REPLACE and the like.
      return !/^\d+<.*>, SOL_(SOCKET|NETLINK),/.test(args);
    case 'write':
    case 'writev':
      // To a file it is a change where the file is opened.
      return /^\d+<NETLINK/.test(args);
    case 'bind':
      return !args.includes('sa_family=AF_NETLINK');
    case 'send':
    case 'sendto':
    case 'sendmsg':
    case 'sendmmsg':
      return messagesIn(args).some((type) => !asks(type));
    default:
      return !looking.has(call);
  }
}

/**
 * The types of all netlink messages in a call; none in what is sent to another process of ours. Behind its request for
 * routes, ip sends the rest of its buffer: a message without length, at which the kernel stops.
 */
const messagesIn = (args: string): readonly string[] =>
  [...args.matchAll(/nlmsg_len=(\d+), nlmsg_type=([^,]+)/g)].flatMap(([, length, type]) =>
    length === '0' ? [] : (type ?? []),
  );

/** 0xa10 is NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_GETGEN, of which strace knows the name only when it is well filled in. */
const asks = (type: string): boolean => /^RTM_GET|\|NFT_MSG_GET|\|NFNL_MSG_COMPAT_GET|^0xa10\b/.test(type);
