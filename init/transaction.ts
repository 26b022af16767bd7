import { chains, jumps, type RuleLine, ruleText } from './chains.ts';
import type { SavedState } from './saved-state.ts';

/**
 * Texts for `iptables-restore --noflush`. Each is one commit to the kernel: either all of it happens or nothing, and
 * no packet meets a half of it. With --noflush, declaring a chain empties it and leaves all other chains alone.
 */

/** Draws our chains as `rules` and leads into them by exactly one jump each, at the first position. */
export function applyTransaction(rules: readonly RuleLine[], before: SavedState): string {
  return transaction([
    ...chains.map(declare),
    ...before.jumps.map(deletion),
    ...jumps.flatMap((jump) => explained(jump, `-I ${jump.chain} ${jump.spec}`)),
    ...rules.flatMap((rule) => explained(rule, ruleText(rule))),
  ]);
}

/** Back to what was there of ours `before`, from a state that holds our chains or not, and `written` jumps. */
export function undoTransaction(before: SavedState, written: readonly RuleLine[]): string {
  return transaction([
    ...chains.map(declare),
    ...written.map(deletion),
    ...before.jumps.map(({ chain, position, spec }) => `-I ${chain} ${position} ${spec}`),
    ...before.rules.map(ruleText),
    ...chains.filter((chain) => !before.chains.includes(chain)).map(removal),
  ]);
}

/** Removes all that is ours. */
export function cleanupTransaction(before: SavedState): string {
  return transaction([
    ...before.chains.map(declare),
    ...before.jumps.map(deletion),
    ...before.chains.map(removal),
  ]);
}

const transaction = (lines: readonly string[]): string => ['*nat', ...lines, 'COMMIT', ''].join('\n');
const declare = (chain: string): string => `:${chain} - [0:0]`;
const removal = (chain: string): string => `-X ${chain}`;
const deletion = ({ chain, spec }: Pick<RuleLine, 'chain' | 'spec'>): string => `-D ${chain} ${spec}`;
const explained = ({ reason }: RuleLine, line: string): readonly string[] => [`# ${reason}`, line];
