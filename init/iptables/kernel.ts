import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Family } from '../../settings/cidr.ts';
import { InitError } from '../init-error.ts';
import { missingModules } from './missing-modules.ts';
import { type Command, program, type Step, type Variant } from './plan.ts';
import { type HostState, parseRouting, routingQuery } from './routing.ts';
import { parseSavedState, type SavedState } from './saved-state.ts';

/** The only file that talks to the kernel, through iptables and ip. */

/**
 * Reads what one iptables shows of ours, in one process.
 * @throws InitError `tool-missing` or `refused`
 */
export function readSaved(family: Family, variant: Variant): SavedText {
  const text = run(family, { command: program(family, variant, 'save'), args: [] });
  const saved = parseSavedState(text);
  const all = text.match(/^-A /gm)?.length ?? 0;
  return { saved, foreign: all > saved.rules.length + saved.jumps.length };
}

export interface SavedText {
  readonly saved: SavedState;
  /** Whether there are rules that have nothing to do with ours. */
  readonly foreign: boolean;
}

/** Whether the older iptables has a table at all. To ask it would make one, and load its module. */
export function hasLegacyTables(family: Family): boolean {
  try {
    return readFileSync(`/proc/net/${family === 'ipv4' ? 'ip' : 'ip6'}_tables_names`, 'utf8') !== '';
  } catch (error) {
    // Without the module there is no such file. One that must not be read says nothing.
    return error instanceof Error && 'code' in error && error.code !== 'ENOENT';
  }
}

/**
 * Reads what the host has of ours beside rules. To `look` for routes costs a process.
 * @throws InitError `family-missing` (this kernel has no IPv6), `tool-missing` or `refused`
 */
export function readHost(family: Family, look: boolean): HostState {
  const passthroughAddress = family === 'ipv4' || hasPassthroughAddress();
  return { passthroughAddress, ...(look ? readRouting(family) : { routingRules: 0, route: false }) };
}

function readRouting(family: Family): ReturnType<typeof parseRouting> {
  // Without a family, ip would show the routes of both.
  const args = ['-N', family === 'ipv6' ? '-6' : '-4', '-batch', '-'];
  return parseRouting(run(family, { command: 'ip', args, input: routingQuery }));
}

/** Those that this kernel has. */
export const allFamilies = (): readonly Family[] =>
  existsSync('/proc/net/if_inet6') ? ['ipv4', 'ipv6'] : ['ipv4'];

/** /proc/net/if_inet6 lists address (32 hexadecimal digits), index, prefix length, scope, flags and interface. */
function hasPassthroughAddress(): boolean {
  try {
    return /^0{31}6 .* lo$/m.test(readFileSync('/proc/net/if_inet6', 'utf8'));
  } catch (cause) {
    throw new InitError('family-missing', 'ipv6: this kernel has no IPv6', { cause, family: 'ipv6' });
  }
}

/**
 * Runs the steps in order. When one is refused, `undo` leads back to how things were, and tells what it did.
 * @throws InitError `tool-missing` or `refused`, with the tool's own words
 */
export function runSteps(steps: readonly Step[], undo: () => readonly string[]): void {
  try {
    for (const step of steps) run(step.family, step);
  } catch (cause) {
    if (!(cause instanceof InitError)) throw cause;
    // What the deadline cut short has to be led back all the same.
    limitTime(undoSeconds);
    throw new InitError(cause.code, [cause.message, ...undo()].join('\n'), { cause, family: cause.family });
  }
}

/** For leading back, in seconds. */
const undoSeconds = 15;

/** When all commands have to be over, in milliseconds of the process's clock: one for the whole run. */
let deadline = Number.POSITIVE_INFINITY;

/** Ends, by force, what has not ended in so many seconds from now. A restore is whole in each of its tables, or not there. */
export function limitTime(seconds: number): void {
  deadline = performance.now() + seconds * 1000;
}

function spawn(
  { command, args, input = '' }: Command,
  env?: NodeJS.ProcessEnv,
): ReturnType<typeof spawnText> {
  const left = Math.ceil(deadline - performance.now());
  const limit = Number.isFinite(left) ? { timeout: Math.max(1, left), killSignal: 'SIGKILL' as const } : {};
  const outcome = spawnText(command, args, { input, encoding: 'utf8', ...limit, ...(env && { env }) });
  // On a root that is read-only. Nobody else in the pod sees the file that it would be, either.
  const locked =
    outcome.status !== 0 && env === undefined && /can't open lock file/i.test(outcome.stderr ?? '');
  return locked ? spawn({ command, args, input }, { ...process.env, XTABLES_LOCKFILE: otherLock }) : outcome;
}

const spawnText = (command: string, args: readonly string[], options: SpawnSyncOptionsWithStringEncoding) =>
  spawnSync(command, args, options);

/** A container has this folder of its pod's even where it can write to nothing else. */
const otherLock = '/dev/shm/outrider-xtables.lock';

/** Runs one command and gives its standard output. */
export function run(family: Step['family'], { command, args, input = '' }: Command): string {
  const { error, status, signal, stdout, stderr } = spawn({ command, args, input });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    throw new InitError('tool-missing', `${family}: ${command} is not installed`, {
      cause: error,
      family: familyOf(family),
    });
  }
  if (status === 0) return stdout;
  const late = error !== undefined && 'code' in error && error.code === 'ETIMEDOUT';
  if (late) throw refusal(family, command, 'it did not end in time, and was stopped', input, error);
  const outcome = error?.message ?? (signal === null ? `exit code ${status}` : signal);
  throw refusal(family, command, stderr.trim() || outcome, input, error);
}

/**
 * Asks whether the kernel has each match and target that a step needs, and changes nothing. A text for iptables is
 * read table by table and without its COMMIT: every extension has been asked for by then, and the kernel does not yet
 * wait for all its processors, as it does to throw away what --test alone has prepared.
 * @throws InitError `tool-missing` or `refused`
 */
export function probe({ family, command, args, input = '' }: Step): void {
  const isNft = command === 'nft';
  const dry = { command, args: isNft ? ['-c', ...args] : [...args, '--test'] };
  for (const part of isNft ? [input] : input.split(/^COMMIT\n/m).filter((table) => table !== '')) {
    const { error, status, stderr } = spawn({ ...dry, input: part });
    if (error !== undefined) run(family, { ...dry, input: part });
    const words = (stderr ?? '').trim();
    // iptables-nft warns of an extension that the kernel does not have, and goes on.
    const lacking = missingModules(command, words, part).length > 0;
    const asked = status === 0 || (!isNft && words.includes('COMMIT expected'));
    if (lacking || !asked) throw refusal(family, command, words || `exit code ${status}`, part);
  }
}

function refusal(
  family: Step['family'],
  command: string,
  words: string,
  input: string,
  cause?: Error,
): InitError {
  const modules = missingModules(command, words, input);
  const hint = modules.length === 0 ? '' : `\nlikely missing in this kernel: ${modules.join(', ')}`;
  return new InitError('refused', `${family}: ${command} failed: ${words}${hint}`, {
    cause,
    family: familyOf(family),
  });
}

const familyOf = (family: Step['family']): Family | undefined => (family === 'inet' ? undefined : family);
