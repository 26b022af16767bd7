import { chains, isOurs, type RuleLine, ruleText, tableOf, tables } from '../rules/chains.ts';
import type { Table } from '../rules/rule.ts';
import type { SavedState } from './saved-state.ts';

/**
 * Texts for `iptables-restore --noflush`. Each table is one commit to the kernel: either all of it happens or nothing,
 * and no packet meets a half of it. With --noflush, declaring a chain empties it and leaves all other chains alone.
 */

type Line = Pick<RuleLine, 'table' | 'chain' | 'spec'>;

/** Draws our chains as `wanted`, and leads into them by its jumps alone, at the head of the kernel's chains. */
export function applyTransaction(wanted: readonly RuleLine[], before: SavedState): string {
  const drawn = chains.filter((chain) => wanted.some((line) => line.chain === chain));
  return transaction(before, drawn, (table) => {
    const lines = wanted.filter((line) => line.table === table);
    return [
      // The last one first: each is put in front of those before it.
      ...lines
        .filter(({ chain }) => !isOurs(chain))
        .toReversed()
        .flatMap((line) => explained(line, head(line))),
      ...lines.filter(({ chain }) => isOurs(chain)).flatMap((line) => explained(line, ruleText(line))),
    ];
  });
}

/** From what there is of ours `now` back to what there was `before`. */
export function undoTransaction(before: SavedState, now: SavedState): string {
  return transaction(now, before.chains, (table) => [
    ...before.jumps
      .filter((one) => one.table === table)
      .map(({ chain, position, spec }) => `-I ${chain} ${position} ${spec}`),
    ...before.rules.filter((one) => one.table === table).map(ruleText),
  ]);
}

/** Removes all that is ours. */
export const cleanupTransaction = (before: SavedState): string => transaction(before, [], () => []);

/** Only the tables that hold something of ours, or shall: to name another one may load its module. */
function transaction(
  before: SavedState,
  drawn: readonly string[],
  content: (table: Table) => readonly string[],
): string {
  return commitOrder(drawn)
    .map((table) => {
      const touched = chains.filter(
        (chain) => tableOf(chain) === table && (drawn.includes(chain) || before.chains.includes(chain)),
      );
      const jumps = before.jumps.filter((one) => one.table === table);
      if (touched.length + jumps.length === 0) return '';
      const surplus = touched.filter((chain) => !drawn.includes(chain));
      return [
        `*${table}`,
        ...touched.map((chain) => `:${chain} - [0:0]`),
        ...jumps.map(deletion),
        ...content(table),
        ...surplus.map((chain) => `-X ${chain}`),
        'COMMIT',
        '',
      ].join('\n');
    })
    .join('');
}

/**
 * What captures inbound traffic from now on is there before what did so until now goes: in between both capture it,
 * and lead to the same port.
 */
const commitOrder = (drawn: readonly string[]): readonly Table[] =>
  drawn.includes('OUTRIDER_IN_TPROXY') ? ['raw', 'mangle', 'nat', 'filter'] : tables;

const deletion = ({ chain, spec }: Line): string => `-D ${chain} ${spec}`;
const head = ({ chain, spec }: Line): string => `-I ${chain} ${spec}`;
const explained = ({ reason }: RuleLine, line: string): readonly string[] => [`# ${reason}`, line];
