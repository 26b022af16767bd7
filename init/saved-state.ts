import { parseCidr } from '../settings/cidr.ts';
import { isOurs } from './chains.ts';
import { InitError } from './init-error.ts';

export interface SavedRule {
  readonly chain: string;
  /** What stands behind `-A CHAIN `. */
  readonly spec: string;
  /** Place in its chain, from 1 on, as `iptables -I CHAIN n` counts. */
  readonly position: number;
}

/** What the kernel's nat table holds that concerns us. */
export interface SavedState {
  /** Those of our chains that exist. */
  readonly chains: readonly string[];
  /** The rules in our chains, in order. */
  readonly rules: readonly SavedRule[];
  /** The rules of other chains that lead into ours. */
  readonly jumps: readonly SavedRule[];
}

/**
 * Reads the output of `iptables-save -t nat` or `ip6tables-save -t nat`.
 * @throws InitError `refused` when the table holds what iptables cannot show
 */
export function parseSavedState(text: string): SavedState {
  const lines = text.split('\n');
  const incompatible = lines.find((line) => line.startsWith('# Table') && line.includes('incompatible'));
  if (incompatible !== undefined) throw new InitError('refused', incompatible.slice(2));
  const chains = lines.flatMap((line) => /^:(\S+) /.exec(line)?.[1] ?? []).filter(isOurs);
  const last = new Map<string, number>();
  const rules: SavedRule[] = [];
  for (const line of lines) {
    const [, chain, spec] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (chain === undefined || spec === undefined) continue;
    const position = (last.get(chain) ?? 0) + 1;
    last.set(chain, position);
    rules.push({ chain, spec: isOurs(chain) ? canonical(spec) : spec, position });
  }
  return {
    chains,
    rules: rules.filter(({ chain }) => isOurs(chain)),
    jumps: rules.filter(({ chain, spec }) => !isOurs(chain) && isOurs(target(spec))),
  };
}

/** Where a rule leads; a comment in quotes may hold anything and is passed over. */
function target(spec: string): string {
  return /(?:^| )-[jg] (\S+)/.exec(spec.replace(/"(?:[^"\\]|\\.)*"/g, '""'))?.[1] ?? '';
}

/** C libraries differ in how they print IPv6 addresses that hold an IPv4 one: `::ffff:0.0.0.0/96`, `::ffff:0:0/96`. */
function canonical(spec: string): string {
  return spec.replace(/(?<=-[sd] )\S*:\S*/g, (text) => {
    const cidr = parseCidr(text);
    return cidr.ok ? cidr.value.text : text;
  });
}
