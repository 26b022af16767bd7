import { isOurs, type RuleLine, ruleText } from '../rules/chains.ts';
import type { SavedState } from './saved-state.ts';

/** One line in which the kernel is not as wanted. `reason` says what a missing or displaced rule is for. */
export interface Difference {
  readonly kind: 'missing' | 'extra' | 'reordered';
  readonly line: string;
  readonly reason?: string;
}

/** Compares in order, chain by chain: first match wins in the kernel, so the same rules in another order differ. */
export function compareRules(wanted: readonly RuleLine[], saved: SavedState): readonly Difference[] {
  const rules = wanted.filter(({ chain }) => isOurs(chain));
  const names = new Set([...rules, ...saved.rules].map(({ chain }) => chain));
  const surplus = saved.chains.filter((name) => !names.has(name));
  return [
    ...compareJumps(
      wanted.filter(({ chain }) => !isOurs(chain)),
      saved,
    ),
    ...[...names].flatMap((name) =>
      compareChain(
        rules.filter(({ chain }) => chain === name),
        saved.rules.filter(({ chain }) => chain === name).map(ruleText),
        ruleText,
      ),
    ),
    ...surplus.map((name) => ({ kind: 'extra', line: `-N ${name}` }) as const),
  ];
}

/** Each jump has to be there once, and at the head of its chain: only jumps wanted before it stand in front. */
function compareJumps(wanted: readonly RuleLine[], { jumps: saved }: SavedState): readonly Difference[] {
  const place = ({ table, chain }: Place): string => `${table} ${chain}`;
  const missing = wanted.flatMap((jump, index) => {
    const found = saved.filter((one) => sameLine(one, jump));
    const position = wanted.slice(0, index + 1).filter((one) => place(one) === place(jump)).length;
    if (found.some((one) => one.position === position)) return [];
    return [difference(found.length > 0 ? 'reordered' : 'missing', jump)];
  });
  const extra = saved.filter(
    (one, index) =>
      !wanted.some((jump) => sameLine(one, jump)) ||
      saved.findIndex((earlier) => sameLine(earlier, one)) < index,
  );
  return [...missing, ...extra.map((one) => ({ kind: 'extra', line: ruleText(one) }) as const)];
}

type Place = Pick<RuleLine, 'table' | 'chain'>;

const sameLine = (one: Place & { spec: string }, other: Place & { spec: string }): boolean =>
  one.table === other.table && ruleText(one) === ruleText(other);

/** The rules of one chain; `text` gives the line that stands for a rule. The native nftables compares with it too. */
export function compareChain<R extends { readonly reason: string }>(
  wanted: readonly R[],
  found: readonly string[],
  text: (rule: R) => string,
): readonly Difference[] {
  const kept = longestCommon(wanted.map(text), found);
  const surplus = found.filter((_, index) => !kept.found.has(index));
  const differences = wanted
    .filter((_, index) => !kept.wanted.has(index))
    .map((rule) => {
      const at = surplus.indexOf(text(rule));
      if (at >= 0) surplus.splice(at, 1);
      return { kind: at >= 0 ? 'reordered' : 'missing', line: text(rule), reason: rule.reason } as const;
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
