import { type Condition, conditionsOf } from '../rules/condition.ts';
import type { Rule, Verdict } from '../rules/rule.ts';

/** What a rule does. Beside the verdicts of the model, those that only rules of others have. */
export type Effect =
  | Verdict
  /** On to another chain, whose end leads back to where the present one would have led back to. */
  | { readonly kind: 'goto'; readonly chain: string }
  /** Sets some of the mark's bits: those of `mask` are cleared, then those of `value` are turned. */
  | { readonly kind: 'xmark'; readonly value: number; readonly mask: number }
  /** Nothing that decides on the way: a counter, a line in a log, another source address. */
  | { readonly kind: 'none'; readonly text: string }
  /** A target that this program does not know, in its own words. */
  | { readonly kind: 'unknown'; readonly text: string };

export interface TracedRule {
  readonly conditions: readonly Condition[];
  readonly effect: Effect;
  readonly reason?: string;
  readonly setting?: string;
}

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter';

export interface TracedChain {
  readonly rules: readonly TracedRule[];
  /** What becomes of a packet at the end of a chain of the kernel's. */
  readonly policy: 'accept' | 'drop';
}

/** The rules of one family, by table and chain. */
export type Ruleset = ReadonlyMap<string, TracedChain>;

export const chainKey = (table: TableName, chain: string): string => `${table} ${chain}`;

export function rulesetOf(rules: readonly Rule[]): Ruleset {
  const chains = new Map<string, { rules: TracedRule[]; policy: 'accept' }>();
  for (const { table, chain, match, verdict, reason, setting } of rules) {
    const key = chainKey(table, chain);
    const known = chains.get(key) ?? { rules: [], policy: 'accept' };
    known.rules.push({
      conditions: conditionsOf(match),
      effect: verdict,
      reason,
      ...(setting !== undefined && { setting }),
    });
    chains.set(key, known);
  }
  return chains;
}
