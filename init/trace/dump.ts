import type { Family } from '../../settings/cidr.ts';
import { conditionAt, type Reading } from './dump-condition.ts';
import { effectOf } from './dump-target.ts';
import { chainKey, type Ruleset, type TableName, type TracedChain, type TracedRule } from './ruleset.ts';

const tables: readonly string[] = ['raw', 'mangle', 'nat', 'filter'] satisfies readonly TableName[];

export interface Dump {
  readonly ruleset: Ruleset;
  /** The family that its addresses are of; undefined when it holds none. */
  readonly family: Family | undefined;
}

/** Reads what iptables-save or ip6tables-save prints: all tables, rules of others included. */
export function parseDump(text: string): Dump {
  const chains = new Map<string, TracedChain & { readonly rules: TracedRule[] }>();
  const lines = text.split('\n').map((line) => line.trim());
  let table = '';
  for (const line of lines) {
    if (line.startsWith('*')) table = line.slice(1);
    if (!tables.includes(table)) continue;
    const [, declared, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (declared === undefined) continue;
    chains.set(chainKey(table as TableName, declared), {
      rules: [],
      policy: policy === 'DROP' ? 'drop' : 'accept',
    });
  }
  for (const line of lines) {
    if (line.startsWith('*')) table = line.slice(1);
    const [, chain, spec] = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line) ?? [];
    if (chain === undefined || spec === undefined || !tables.includes(table)) continue;
    const isChain = (name: string): boolean => chains.has(chainKey(table as TableName, name));
    chains.get(chainKey(table as TableName, chain))?.rules.push(parseRule(spec, isChain));
  }
  return { ruleset: chains, family: familyOf([...chains.values()].flatMap(({ rules }) => rules)) };
}

/** `isChain` tells which targets are chains of this table. */
function parseRule(spec: string, isChain: (name: string) => boolean): TracedRule {
  const words = split(spec);
  const leads = words.findIndex((word) => word === '-j' || word === '-g');
  const matching = leads < 0 ? words : words.slice(0, leads);
  let reading: Reading = { conditions: [], next: 0 };
  while (reading.next < matching.length) reading = conditionAt(matching, reading);
  const effect = effectOf(words.slice(leads < 0 ? words.length : leads), isChain);
  return { conditions: reading.conditions, effect };
}

/** A text in quotes is one word, with \ before what would end it. */
const split = (spec: string): readonly string[] =>
  (spec.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word,
  );

function familyOf(rules: readonly TracedRule[]): Family | undefined {
  for (const { conditions } of rules) {
    for (const condition of conditions) if ('block' in condition) return condition.block.family;
  }
  return undefined;
}
