import type { Family } from '../../settings/cidr.ts';
import type { RuleLine } from '../rules/chains.ts';
import { compareRules, type Difference } from './comparison.ts';
import { type HostState, hostDifferences, needsRouting, planHost } from './routing.ts';
import type { SavedState } from './saved-state.ts';
import { applyTransaction, cleanupTransaction, undoTransaction } from './transaction.ts';

/** One command to run, with its standard input. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly input?: string;
}

/** A command that changes the kernel; `inet` stands for both families at once. */
export interface Step extends Command {
  readonly family: Family | 'inet';
}

/** Which of the programs that are called iptables: whichever the system prefers, or one of the two by name. */
export type Variant = '' | '-nft' | '-legacy';

/** What the kernel holds of ours in one family. */
export interface FamilyState extends SavedState, HostState {
  readonly family: Family;
  /** The programs that the state was read with, and that change it. */
  readonly variant: Variant;
}

/**
 * What is not as wanted, in the kernel's walking order; nothing when all is. No rules are wanted of a family that is
 * not asked for: then all that is ours is too much.
 */
export const differences = (wanted: readonly RuleLine[], state: FamilyState): readonly Difference[] => [
  ...hostDifferences(wantedHost(wanted, state.family), state, state.family),
  ...compareRules(wanted, state),
];

/** The steps from `state` to `wanted`; none when nothing differs. `lockWait` is in seconds. */
export function planApply(
  wanted: readonly RuleLine[],
  state: FamilyState,
  lockWait: number,
): readonly Step[] {
  const { family } = state;
  const { removal, addition } = planHost(wantedHost(wanted, family), state, family);
  const same = compareRules(wanted, state).length === 0;
  return [
    ...removal,
    ...(same ? [] : [restore(state, lockWait, applyTransaction(wanted, state))]),
    ...addition,
  ];
}

/** The steps from `state` to nothing of ours. */
export function planCleanup(state: FamilyState, lockWait: number): readonly Step[] {
  const { family } = state;
  const { removal } = planHost(hostWithout(family), state, family);
  return [...removal, ...(isAbsent(state) ? [] : [restore(state, lockWait, cleanupTransaction(state))])];
}

/** The steps from what there is `now` back to what there was `before`; none when it is there again. */
export function planUndo(before: FamilyState, now: FamilyState, lockWait: number): readonly Step[] {
  const { family } = before;
  const { removal, addition } = planHost(before, now, family);
  const rules = [before, now].map(({ chains, rules, jumps }) => JSON.stringify({ chains, rules, jumps }));
  const same = rules[0] === rules[1];
  return [
    ...removal,
    ...(same ? [] : [restore(before, lockWait, undoTransaction(before, now))]),
    ...addition,
  ];
}

/** What the host has to have beside `wanted`: nothing where the family is not captured, but closed at the most. */
export function wantedHost(wanted: readonly Pick<RuleLine, 'chain'>[], family: Family): HostState {
  const routing = needsRouting(wanted);
  return wanted.some(({ chain }) => chain === 'OUTRIDER_OUTPUT')
    ? { passthroughAddress: true, routingRules: Number(routing), route: routing }
    : hostWithout(family);
}

/** The passthrough source of IPv4 is an address of every host. */
export const hostWithout = (family: Family): HostState => ({
  passthroughAddress: family === 'ipv4',
  routingRules: 0,
  route: false,
});

/** Whether the kernel holds no rule and no chain of ours. */
export const isAbsent = ({ chains, jumps }: SavedState): boolean => chains.length + jumps.length === 0;

/** `iptables-save`, `ip6tables-legacy-restore`. */
export const program = (family: Family, variant: Variant, job: 'save' | 'restore'): string =>
  `${family === 'ipv4' ? 'iptables' : 'ip6tables'}${variant}-${job}`;

/** -w bounds the wait for the lock that the legacy iptables takes; the nft one has no lock and accepts it. */
function restore({ family, variant }: FamilyState, lockWait: number, input: string): Step {
  const command = program(family, variant, 'restore');
  return { family, command, args: ['--noflush', '-w', `${lockWait}`], input };
}
