import { existsSync, readFileSync } from 'node:fs';
import type { Family } from '../../settings/cidr.ts';
import { InitError } from '../init-error.ts';
import { type Outcome, runProcess } from '../process.ts';
import { missingModules } from './missing-modules.ts';
import { type Command, program, type Step, type Variant } from './plan.ts';
import { type HostState, parseRouting, routingQuery } from './routing.ts';
import { parseSavedState, type SavedState } from './saved-state.ts';

/** The only file that talks to the kernel, through iptables and ip. */

/**
 * Reads what one iptables shows of ours, in one process.
 * @throws InitError `tool-missing` or `refused`
 */
export async function readSaved(family: Family, variant: Variant): Promise<SavedText> {
  const text = await run(family, { command: program(family, variant, 'save'), args: [] });
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
export async function readHost(family: Family, look: boolean): Promise<HostState> {
  const passthroughAddress = family === 'ipv4' || hasPassthroughAddress();
  return { passthroughAddress, ...(look ? await readRouting(family) : { routingRules: 0, route: false }) };
}

async function readRouting(family: Family): Promise<ReturnType<typeof parseRouting>> {
  // Without a family, ip would show the routes of both.
  const args = ['-N', family === 'ipv6' ? '-6' : '-4', '-batch', '-'];
  return parseRouting(await run(family, { command: 'ip', args, input: routingQuery }));
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

async function start(command: Command): Promise<Outcome> {
  const outcome = await runProcess(command, process.env);
  // On a root that is read-only. Nobody else in the pod sees the file that it would be, either.
  const locked = outcome.kind === 'ended' && /can't open lock file/i.test(outcome.stderr);
  return locked && outcome.status !== 0
    ? runProcess(command, { ...process.env, XTABLES_LOCKFILE: otherLock })
    : outcome;
}

/** A container has this folder of its pod's even where it can write to nothing else. */
const otherLock = '/dev/shm/outrider-xtables.lock';

/**
 * Runs one command and gives its standard output.
 * @throws InitError `tool-missing` or `refused`, with the tool's own words
 */
export async function run(family: Step['family'], command: Command): Promise<string> {
  const outcome = await start(command);
  if (outcome.kind === 'ended' && outcome.status === 0) return outcome.stdout;
  throw failure(family, command, outcome);
}

function failure(family: Step['family'], { command, input = '' }: Command, outcome: Outcome): InitError {
  if (outcome.kind === 'not started' && outcome.cause.code === 'ENOENT') {
    return new InitError('tool-missing', `${family}: ${command} is not installed`, {
      cause: outcome.cause,
      family: familyOf(family),
    });
  }
  return refusal(family, command, wordsOf(outcome), input);
}

function wordsOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ended':
      return outcome.stderr.trim() || `exit code ${outcome.status}`;
    case 'killed':
      return outcome.stderr.trim() || outcome.signal;
    case 'late':
      return 'it did not end in time, and was stopped';
    case 'not started':
      return outcome.cause.message;
  }
}

/**
 * Asks whether the kernel has each match and target that a step needs, and changes nothing. A text for iptables is
 * read table by table and without its COMMIT: every extension has been asked for by then, and the kernel does not yet
 * wait for all its processors, as it does to throw away what --test alone has prepared.
 * @throws InitError `tool-missing` or `refused`
 */
export async function probe({ family, command, args, input = '' }: Step): Promise<void> {
  const isNft = command === 'nft';
  const dry = { command, args: isNft ? ['-c', ...args] : [...args, '--test'] };
  for (const part of isNft ? [input] : input.split(/^COMMIT\n/m).filter((table) => table !== '')) {
    const outcome = await start({ ...dry, input: part });
    if (outcome.kind !== 'ended') throw failure(family, { ...dry, input: part }, outcome);
    const words = outcome.stderr.trim();
    // iptables-nft warns of an extension that the kernel does not have, and goes on.
    const lacking = missingModules(command, words, part).length > 0;
    const asked = outcome.status === 0 || (!isNft && words.includes('COMMIT expected'));
    if (lacking || !asked) throw refusal(family, command, wordsOf(outcome), part);
  }
}

function refusal(family: Step['family'], command: string, words: string, input: string): InitError {
  const modules = missingModules(command, words, input);
  const hint = modules.length === 0 ? '' : `\nlikely missing in this kernel: ${modules.join(', ')}`;
  return new InitError('refused', `${family}: ${command} failed: ${words}${hint}`, {
    family: familyOf(family),
  });
}

const familyOf = (family: Step['family']): Family | undefined => (family === 'inet' ? undefined : family);
