import type { Family } from '../../settings/cidr.ts';
import type { Match, Rule } from '../rules/rule.ts';

export interface FamilyRules {
  readonly family: Family;
  readonly rules: readonly Rule[];
}

/** A rule of the table that the families share. */
export interface SharedRule {
  readonly rule: Rule;
  /** The one family whose packets it takes; undefined for both. */
  readonly family?: Family;
  /** It takes what any of these takes; they differ in one field at most. */
  readonly matches: readonly Match[];
}

/**
 * One list of rules out of those of each family, in which each family's packets meet their own rules in their own
 * order. What both families have in common stands there once; neighbours that differ in one address alone are one
 * rule with a set.
 */
export function shareRules(families: readonly FamilyRules[]): readonly SharedRule[] {
  const [first = [], second] = families.map(({ family, rules }) => fold(rules, family));
  return second === undefined ? first : merge(first, second);
}

/** What is looked up in sets. Ports are not among them: the model already holds a list of them in one rule. */
const foldable = ['source', 'destination', 'icmpType'] as const;

function fold(rules: readonly Rule[], family: Family): readonly SharedRule[] {
  const folded: { rule: Rule; family: Family; matches: Match[]; likes: readonly string[] }[] = [];
  for (const rule of rules) {
    const previous = folded.at(-1);
    const likes = foldable.map((field) => likeness(field, rule));
    // Those before may have fixed the field in which they differ.
    const common = likes.map((one, index) => (one !== '' && one === previous?.likes[index] ? one : ''));
    if (previous === undefined || common.every((one) => one === '')) {
      folded.push({ rule, family, matches: [rule.match], likes });
    } else {
      previous.matches.push(rule.match);
      previous.likes = common;
    }
  }
  return folded.map(({ rule, family, matches }) => ({ rule, family, matches }));
}

/** The same text for rules that differ in this field alone; empty for a rule without it. */
function likeness(field: (typeof foldable)[number], rule: Rule): string {
  if (rule.match[field] === undefined) return '';
  return JSON.stringify({ ...rule, match: { ...rule.match, [field]: 0 } });
}

function merge(first: readonly SharedRule[], second: readonly SharedRule[]): readonly SharedRule[] {
  const texts = second.map(textOf);
  const merged: SharedRule[] = [];
  let taken = 0;
  for (const one of first) {
    const at = texts.indexOf(textOf(one), taken);
    if (at < 0) merged.push(one);
    else {
      merged.push(...second.slice(taken, at), { rule: one.rule, matches: one.matches });
      taken = at + 1;
    }
  }
  return [...merged, ...second.slice(taken)];
}

const textOf = ({ rule, matches }: SharedRule): string => JSON.stringify([rule, matches]);
