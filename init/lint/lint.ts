import type { Family } from '../../settings/cidr.ts';
import type { Finding } from '../../settings/lint/finding.ts';
import { lintSettings } from '../../settings/lint/lint-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Rule } from '../rules/rule.ts';
import { lintRules } from './lint-rules.ts';

/**
 * What of the settings changes nothing, given the families that are captured and their rules: first what the settings
 * alone tell, then rules that never match because an earlier one takes all that they would. Each value is told once.
 */
export function lint(
  settings: Settings,
  families: readonly { readonly family: Family; readonly rules: readonly Rule[] }[],
): readonly Finding[] {
  const found = new Map<string, Finding>();
  const all = [
    ...lintSettings(
      settings,
      families.map(({ family }) => family),
    ),
    ...families.flatMap(({ rules }) => lintRules(rules)),
  ];
  for (const finding of all) {
    const key = `${finding.setting} ${finding.value}`;
    if (!found.has(key)) found.set(key, finding);
  }
  return [...found.values()];
}
