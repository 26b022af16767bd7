import type { Family } from '../../settings/cidr.ts';
import type { Difference } from '../comparison.ts';
import type { Step } from '../plan.ts';
import { type HostState, hostDifferences, needsRouting, planHost } from '../routing.ts';
import { compareTable } from './comparison.ts';
import type { NftTable } from './read-table.ts';
import { applyScript, cleanupScript, type NftChain, restoreScript } from './script.ts';

/** What of ours a host has beside the table, in one family. */
export interface FamilyHost extends HostState {
  readonly family: Family;
}

const nft = (input: string): Step => ({ family: 'inet', command: 'nft', args: ['-f', '-'], input });

/** The steps from `table` and `hosts` to `wanted`; none when nothing differs. */
export function planTable(
  wanted: readonly NftChain[],
  table: NftTable | undefined,
  hosts: readonly FamilyHost[],
): readonly Step[] {
  const routing = routingOf(wanted);
  const target = { passthroughAddress: true, routingRules: Number(routing), route: routing };
  const steps = hosts.map((host) => planHost(target, host, host.family));
  return [
    ...steps.flatMap(({ removal }) => removal),
    ...(compareTable(wanted, table).length === 0 ? [] : [nft(applyScript(wanted))]),
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
): readonly Difference[] => [
  ...hosts.flatMap((host) => hostDifferences(routingOf(wanted), host, host.family)),
  ...compareTable(wanted, table),
];

const routingOf = (wanted: readonly NftChain[]): boolean =>
  needsRouting(wanted.flatMap(({ rules }) => rules));
