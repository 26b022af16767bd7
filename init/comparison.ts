import { jumps, type RuleLine, ruleText } from './chains.ts';
import type { SavedState } from './saved-state.ts';

/** One line in which the kernel is not as wanted. `reason` says what a missing or displaced rule is for. */
export interface Difference {
  readonly kind: 'missing' | 'extra' | 'reordered';
  readonly line: string;
  readonly reason?: string;
}

/** Compares in order, chain by chain: first match wins in the kernel, so the same rules in another order differ. */
export function compareRules(wanted: readonly RuleLine[], saved: SavedState): readonly Difference[] {
  const names = new Set([...wanted, ...saved.rules].map(({ chain }) => chain));
  return [
    ...compareJumps(saved),
    ...[...names].flatMap((name) =>
      compareChain(
        wanted.filter(({ chain }) => chain === name),
        saved.rules.filter(({ chain }) => chain === name).map(ruleText),
      ),
    ),
  ];
}

/** Each jump has to be there once, as the first rule of its chain. */
function compareJumps({ jumps: saved }: SavedState): readonly Difference[] {
  const missing = jumps.flatMap((jump) => {
    const found = saved.filter((one) => ruleText(one) === ruleText(jump));
    if (found.some(({ position }) => position === 1)) return [];
    return [difference(found.length > 0 ? 'reordered' : 'missing', jump)];
  });
  const wanted = jumps.map(ruleText);
  const extra = saved
    .map(ruleText)
    .filter((line, index, all) => !wanted.includes(line) || all.indexOf(line) < index);
  return [...missing, ...extra.map((line) => ({ kind: 'extra', line }) as const)];
}

function compareChain(wanted: readonly RuleLine[], found: readonly string[]): readonly Difference[] {
  const kept = longestCommon(wanted.map(ruleText), found);
  const surplus = found.filter((_, index) => !kept.found.has(index));
  const differences = wanted
    .filter((_, index) => !kept.wanted.has(index))
    .map((rule) => {
      const at = surplus.indexOf(ruleText(rule));
      if (at >= 0) surplus.splice(at, 1);
      return difference(at >= 0 ? 'reordered' : 'missing', rule);
    });
  return [...differences, ...surplus.map((line) => ({ kind: 'extra', line }) as const)];
}

const difference = (kind: Difference['kind'], rule: RuleLine): Difference => ({
  kind,
  line: ruleText(rule),
  reason: rule.reason,
});

/** The places, in both lists, of their longest common subsequence. */
function longestCommon(wanted: readonly string[], found: readonly string[]) {
  const width = found.length + 1;
  const lengths = new Uint32Array((wanted.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = wanted.length - 1; row >= 0; row--) {
    for (let column = found.length - 1; column >= 0; column--) {
      const same = wanted[row] === found[column];
      lengths[row * width + column] = same
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const kept = { wanted: new Set<number>(), found: new Set<number>() };
  for (let row = 0, column = 0; row < wanted.length && column < found.length; ) {
    if (wanted[row] === found[column]) {
      kept.wanted.add(row++);
      kept.found.add(column++);
    } else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return kept;
}
