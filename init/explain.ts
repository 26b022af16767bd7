import { networkInterfaces } from 'node:os';
import type { Family } from '../settings/cidr.ts';
import { resolveFamilies } from '../settings/host-families.ts';
import { prefix } from '../settings/names.ts';
import { table } from '../settings/table.ts';
import { align } from './align.ts';
import { exitCode } from './exit-code.ts';
import { readResolvers } from './host.ts';
import { allFamilies } from './iptables/kernel.ts';
import { lint } from './lint/lint.ts';
import type { Options, Origins } from './options.ts';
import type { Report } from './report.ts';
import { conditionsOf, describeConditions } from './rules/condition.ts';
import type { Rule, Table } from './rules/rule.ts';
import { familiesWithRules, rulesOf } from './rules/rules.ts';
import { describeVerdict } from './rules/verdict-words.ts';

/** Where a setting was given. */
export interface ExplainedSetting {
  readonly key: string;
  readonly source: 'flag' | 'variable' | 'OUTRIDER_CONFIG' | 'default';
  /** As its user wrote it; absent for a default. */
  readonly name?: string;
  /** The annotation of a pod that gives it; absent where only the command line can. */
  readonly annotation?: string;
}

export interface ExplainedRule {
  readonly table: Table;
  readonly chain: string;
  readonly match: string;
  readonly verdict: string;
  readonly reason: string;
  readonly setting?: ExplainedSetting;
}

interface ExplainedFamily {
  readonly family: Family;
  readonly rules: readonly ExplainedRule[];
}

/** Tells the rules that `apply` would write, each with its reason and the setting that it comes from. */
export function explain({ settings, origins, output }: Options): Report {
  const captured = resolveFamilies(settings.ipFamilies, networkInterfaces());
  const rules = rulesOf(settings, captured, readResolvers());
  const wanted = familiesWithRules(settings, captured, allFamilies()).map((family) => ({
    family,
    rules: rules(family),
  }));
  const findings = lint(
    settings,
    wanted.filter(({ family }) => captured.includes(family)),
  );
  const families = wanted.map(({ family, rules }) => ({
    family,
    rules: rules.map((rule) => explainRule(rule, origins)),
  }));
  const lines =
    output === 'json'
      ? [JSON.stringify({ command: 'explain', families, findings })]
      : [
          ...families.flatMap((one, index) => [...(index > 0 ? [''] : []), ...drawFamily(one)]),
          ...(findings.length > 0 ? ['', 'without effect'] : []),
          ...align(findings.map(({ setting, value, why }) => [`  ${setting}`, value, why])),
        ];
  return { text: `${lines.join('\n')}\n`, exitCode: exitCode.done };
}

export function explainRule(
  { table, chain, match, verdict, reason, setting }: Rule,
  origins: Origins,
): ExplainedRule {
  return {
    ...{ table, chain, reason },
    match: describeConditions(conditionsOf(match)),
    verdict: describeVerdict(verdict),
    ...(setting !== undefined && { setting: explainSetting(setting, origins) }),
  };
}

function explainSetting(key: string, origins: Origins): ExplainedSetting {
  const isAnnotation = table.some((one) => one.key === key && one.scope === 'annotation');
  return {
    key,
    ...(origins.get(key) ?? { source: 'default' }),
    ...(isAnnotation && { annotation: `${prefix}${key}` }),
  };
}

/** A block for each chain, in the order of the rules. */
function drawFamily({ family, rules }: ExplainedFamily): readonly string[] {
  const rows = rules.flatMap((rule, index) => {
    const { table, chain, match, verdict, reason } = rule;
    const before = rules[index - 1];
    const row = [`    ${match}`, verdict, describeWhy(reason, rule.setting)];
    return before?.chain === chain && before.table === table ? [row] : [[`  ${table} ${chain}`], row];
  });
  return [family, ...align(rows)];
}

/** The reason and, in brackets, the setting; the setting alone where it is the reason. */
function describeWhy(reason: string, setting: ExplainedSetting | undefined): string {
  if (setting === undefined) return reason;
  const given = describeGiven(setting);
  return reason === setting.key ? given : `${reason} (${given})`;
}

/** The setting as its user wrote it. The annotation, which is the key behind a prefix, stands in the JSON alone. */
function describeGiven({ key, source, name = key }: ExplainedSetting): string {
  switch (source) {
    case 'flag':
    case 'variable':
      return name;
    case 'OUTRIDER_CONFIG':
      return `${key} in OUTRIDER_CONFIG`;
    case 'default':
      return `${key} by default`;
  }
}
