import type { Finding } from '../../settings/lint/finding.ts';
import { type Condition, conditionsOf, describeConditions } from '../rules/condition.ts';
import type { Rule } from '../rules/rule.ts';
import { implies } from './implication.ts';

/** A rule with what holds for each packet that it takes: its own conditions, and those of the way to its chain. */
interface Reached {
  readonly rule: Rule;
  readonly own: readonly Condition[];
  readonly given: readonly Condition[];
}

/** Rules that never match, because an earlier one of their chain takes all that they would take. */
export function lintRules(rules: readonly Rule[]): readonly Finding[] {
  const contexts: Contexts = new Map();
  const chains = Map.groupBy(rules, ({ table, chain }) => `${table} ${chain}`);
  return [...chains.values()].flatMap((chain) => {
    const earlier = new Earlier();
    return chain.flatMap((rule) => {
      const own = conditionsOf(rule.match);
      const reached: Reached = { rule, own, given: [...own, ...contextOf(rule, rules, contexts)] };
      const cover = earlier.coverOf(reached, rules);
      earlier.add(reached);
      if (cover === undefined || rule.setting === undefined || isTold(cover, reached)) return [];
      return [
        { setting: rule.setting, value: namedValue(own), why: `${describeCover(cover)} takes all of it` },
      ];
    });
  });
}

/** Of interfaces, and of one value given twice, the settings themselves tell. */
const isTold = (cover: Reached, { rule, own }: Reached): boolean =>
  cover.rule.setting === 'exclude-interfaces' ||
  (cover.rule.setting === rule.setting && describeConditions(cover.own) === describeConditions(own));

/** The rules of one chain so far. By their block, so that hundreds of blocks are not compared with each other. */
class Earlier {
  private readonly general: Reached[] = [];
  private readonly byBlock = new Map<string, Reached[]>();
  private readonly lengths = new Set<number>();

  add(reached: Reached): void {
    const block = reached.own.find((condition) => 'block' in condition && !condition.not);
    if (block === undefined || !('block' in block)) {
      this.general.push(reached);
      return;
    }
    const key = `${block.kind} ${block.block.bits}`;
    this.byBlock.set(key, [...(this.byBlock.get(key) ?? []), reached]);
    this.lengths.add(block.block.bits.length);
  }

  coverOf(later: Reached, rules: readonly Rule[]): Reached | undefined {
    const covers = (one: Reached): boolean => implies(later.given, one.own) && decides(one, later, rules);
    const general = this.general.find(covers);
    if (general !== undefined) return general;
    for (const condition of later.own) {
      if (!('block' in condition) || condition.not) continue;
      for (const length of this.lengths) {
        const key = `${condition.kind} ${condition.block.bits.slice(0, length)}`;
        const found = length > condition.block.bits.length ? undefined : this.byBlock.get(key)?.find(covers);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}

/** Whether nothing comes back from a rule to the ones after it. */
function decides({ rule: { table, verdict } }: Reached, later: Reached, rules: readonly Rule[]): boolean {
  if (isPassing(verdict)) return false;
  if (verdict.kind !== 'jump') return true;
  for (const rule of rules) {
    if (rule.table !== table || rule.chain !== verdict.chain) continue;
    if (isPassing(rule.verdict)) continue;
    if (rule.verdict.kind === 'return' || rule.verdict.kind === 'jump') return false;
    if (implies(later.given, conditionsOf(rule.match))) return true;
  }
  return false;
}

/** Whether what it takes goes on to the next rule. */
const isPassing = ({ kind }: Rule['verdict']): boolean =>
  kind === 'mark' || kind === 'connection-mark' || kind === 'zone';

type Contexts = Map<string, readonly Condition[]>;

/** What the jumps into a rule's chain ask for, all of them: the protocol, mostly. Each chain is looked at once. */
function contextOf({ table, chain }: Rule, rules: readonly Rule[], known: Contexts): readonly Condition[] {
  const key = `${table} ${chain}`;
  const context = known.get(key) ?? commonContext(table, chain, rules, known);
  known.set(key, context);
  return context;
}

function commonContext(
  table: string,
  chain: string,
  rules: readonly Rule[],
  known: Contexts,
): readonly Condition[] {
  const entries = rules.filter(
    ({ table: from, verdict }) => from === table && verdict.kind === 'jump' && verdict.chain === chain,
  );
  const [first, ...others] = entries.map((entry) => [
    ...conditionsOf(entry.match),
    ...contextOf(entry, rules, known),
  ]);
  return (first ?? []).filter((condition) => others.every((given) => implies(given, [condition])));
}

const describeCover = ({ rule, own }: Reached): string =>
  `${rule.setting ?? rule.reason} (${describeConditions(own)})`;

/** The values alone, as they stand in a setting. */
const namedValue = (conditions: readonly Condition[]): string =>
  describeConditions(conditions.filter(({ kind }) => kind !== 'protocol')).replace(
    /(^|, )(from|to|uid|gid|in|out|port) /g,
    '$1',
  );
