import type { Family } from '../settings/cidr.ts';
import { passthroughSource } from '../settings/names.ts';
import type { RuleLine } from './chains.ts';
import { compareRules, type Difference } from './comparison.ts';
import type { SavedState } from './saved-state.ts';
import { applyTransaction, cleanupTransaction, undoTransaction } from './transaction.ts';

/** One command to run, with its standard input. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly input?: string;
}

/** A command that changes the kernel. */
export interface Step extends Command {
  readonly family: Family;
}

/** What the kernel holds of ours in one family. */
export interface FamilyState extends SavedState {
  readonly family: Family;
  /** Whether the passthrough source is an address of this host, so that the proxy can bind to it. */
  readonly passthroughAddress: boolean;
}

/** What is not as wanted, in the kernel's walking order; nothing when all is. */
export function differences(wanted: readonly RuleLine[], state: FamilyState): readonly Difference[] {
  const address: Difference = {
    kind: 'missing',
    line: `address ${where.join(' ')}`,
    reason: 'source of what the proxy passes to the application',
  };
  return [...(state.passthroughAddress ? [] : [address]), ...compareRules(wanted, state)];
}

/** The steps from `state` to `wanted`; none when nothing differs. `lockWait` is in seconds. */
export function planApply(
  wanted: readonly RuleLine[],
  state: FamilyState,
  lockWait: number,
): readonly Step[] {
  const { family } = state;
  const rules = restore(family, lockWait, applyTransaction(wanted, state));
  return [
    ...(state.passthroughAddress ? [] : [{ family, ...addAddress }]),
    ...(compareRules(wanted, state).length === 0 ? [] : [rules]),
  ];
}

/** The steps from `state` to nothing of ours. Rules go first: what they exempt must exist as long as they do. */
export function planCleanup(state: FamilyState, lockWait: number): readonly Step[] {
  const { family, passthroughAddress } = state;
  return [
    ...(isAbsent(state) ? [] : [restore(family, lockWait, cleanupTransaction(state))]),
    ...(family === 'ipv6' && passthroughAddress ? [{ family, ...removeAddress }] : []),
  ];
}

/** The steps from what there is `now` back to what there was `before`; none when it is there again. */
export function planUndo(before: FamilyState, now: FamilyState, lockWait: number): readonly Step[] {
  const { family } = before;
  const rules = [before, now].map(({ chains, rules, jumps }) => JSON.stringify({ chains, rules, jumps }));
  return [
    ...(rules[0] === rules[1] ? [] : [restore(family, lockWait, undoTransaction(before, now))]),
    ...(before.passthroughAddress === now.passthroughAddress
      ? []
      : [{ family, ...(before.passthroughAddress ? addAddress : removeAddress) }]),
  ];
}

/** Whether the kernel holds no rule and no chain of ours. */
export const isAbsent = ({ chains, jumps }: SavedState): boolean => chains.length + jumps.length === 0;

/** -w bounds the wait for the lock that the legacy iptables takes; the nft one has no lock and accepts it. */
function restore(family: Family, lockWait: number, input: string): Step {
  const command = family === 'ipv4' ? 'iptables-restore' : 'ip6tables-restore';
  return { family, command, args: ['--noflush', '-w', `${lockWait}`], input };
}

/** All of 127.0.0.0/8 is local to a Linux host; of IPv6 only ::1 is, so ::6 has to be given to the host. */
const where = [`${passthroughSource.ipv6}/128`, 'dev', 'lo'];
const removeAddress: Command = { command: 'ip', args: ['-6', 'addr', 'del', ...where] };
/** Without duplicate address detection, during which the address could not be bound to. */
const addAddress: Command = { command: 'ip', args: ['-6', 'addr', 'replace', ...where, 'nodad'] };
