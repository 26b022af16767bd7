import { parseCidr } from '../../settings/cidr.ts';
import { InitError } from '../init-error.ts';
import { isOurs, tableOf, tables } from '../rules/chains.ts';
import type { Table } from '../rules/rule.ts';

export interface SavedRule {
  readonly table: Table;
  readonly chain: string;
  /** What stands behind `-A CHAIN `. */
  readonly spec: string;
  /** Place in its chain, from 1 on, as `iptables -I CHAIN n` counts. */
  readonly position: number;
}

/** What the kernel's tables hold that concerns us. */
export interface SavedState {
  /** Those of our chains that exist, each in the table that is its own. */
  readonly chains: readonly string[];
  /** The rules in our chains, in order. */
  readonly rules: readonly SavedRule[];
  /** The rules of other chains that lead into ours. */
  readonly jumps: readonly SavedRule[];
}

/**
 * Reads the output of `iptables-save` or `ip6tables-save`, of all tables.
 * @throws InitError `refused` when a table holds what iptables cannot show
 */
export function parseSavedState(text: string): SavedState {
  const chains: string[] = [];
  const rules: SavedRule[] = [];
  const jumps: SavedRule[] = [];
  const last = new Map<string, number>();
  let table: Table | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      table = tables.find((one) => line === `*${one}`);
      last.clear();
    }
    const [, opaque] = /^# Table `(\S+)' is incompatible/.exec(line) ?? [];
    if (tables.some((one) => one === opaque)) throw new InitError('refused', line.slice(2));
    if (table === undefined) continue;
    const ours = (chain: string): boolean => isOurs(chain) && tableOf(chain) === table;
    const [, declared = ''] = /^:(\S+) /.exec(line) ?? [];
    if (ours(declared)) chains.push(declared);
    const [, chain, spec] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (chain === undefined || spec === undefined) continue;
    const position = (last.get(chain) ?? 0) + 1;
    last.set(chain, position);
    if (ours(chain)) rules.push({ table, chain, spec: canonical(spec), position });
    else if (ours(target(spec))) jumps.push({ table, chain, spec, position });
  }
  return { chains, rules, jumps };
}

/** Where a rule leads; a comment in quotes may hold anything and is passed over. */
function target(spec: string): string {
  return /(?:^| )-[jg] (\S+)/.exec(spec.replace(/"(?:[^"\\]|\\.)*"/g, '""'))?.[1] ?? '';
}

/**
 * C libraries differ in how they print IPv6 addresses that hold an IPv4 one: `::ffff:0.0.0.0/96`, `::ffff:0:0/96`.
 * TPROXY prints the address that stands for the packet's own.
 */
function canonical(spec: string): string {
  return spec
    .replace(/(?<=-[sd] )\S*:\S*/g, (text) => {
      const cidr = parseCidr(text);
      return cidr.ok ? cidr.value.text : text;
    })
    .replace(/ --on-ip (0\.0\.0\.0|::)(?= )/, '');
}
