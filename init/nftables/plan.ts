import type { Family } from '../../settings/cidr.ts';
import type { Difference } from '../iptables/comparison.ts';
import { type Step, wantedHost } from '../iptables/plan.ts';
import { type HostState, hostDifferences, planHost } from '../iptables/routing.ts';
import { compareTable } from './comparison.ts';
import type { NftTable } from './read-table.ts';
import { applyScript, cleanupScript, type NftChain, restoreScript } from './script.ts';

/** What of ours a host has beside the table, in one family. */
export interface FamilyHost extends HostState {
  readonly family: Family;
}

const nft = (input: string): Step => ({ family: 'inet', command: 'nft', args: ['-f', '-'], input });

/** The steps from `table` and `hosts` to `wanted` for `families`; none when nothing differs. */
export function planTable(
  wanted: readonly NftChain[],
  table: NftTable | undefined,
  hosts: readonly FamilyHost[],
  families: readonly Family[],
): readonly Step[] {
  const steps = hosts.map((host) => planHost(targetOf(wanted, host, families), host, host.family));
  const seen = table === undefined ? 'no-table' : 'table';
  return [
    ...steps.flatMap(({ removal }) => removal),
    ...(compareTable(wanted, table).length === 0 ? [] : [nft(applyScript(wanted, seen))]),
    ...steps.flatMap(({ addition }) => addition),
  ];
}

export const planTableRemoval = (table: NftTable | undefined): readonly Step[] =>
  table === undefined ? [] : [nft(cleanupScript())];

/** Back to what the table was `before`. */
export const planTableUndo = (before: NftTable | undefined): Step =>
  nft(before === undefined ? cleanupScript() : restoreScript(before));

export const tableDifferences = (
  wanted: readonly NftChain[],
  table: NftTable | undefined,
  hosts: readonly FamilyHost[],
  families: readonly Family[],
): readonly Difference[] => [
  ...hosts.flatMap((host) => hostDifferences(targetOf(wanted, host, families), host, host.family)),
  ...compareTable(wanted, table),
];

/** What a host has to have in its family: nothing where `families`, those that are captured, do not hold it. */
const targetOf = (
  wanted: readonly NftChain[],
  { family }: FamilyHost,
  families: readonly Family[],
): HostState => wantedHost(families.includes(family) ? wanted.flatMap(({ rules }) => rules) : [], family);
