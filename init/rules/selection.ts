import type { Cidr, Family } from '../../settings/cidr.ts';
import { parseCidr } from '../../settings/cidr.ts';
import type { PortRange } from '../../settings/port.ts';
import type { Selection } from '../../settings/result.ts';
import { type Chain, tableOf } from './chains.ts';
import { isUnconditional, type Match, type Rule, type Verdict } from './rule.ts';

/** What the rules of all chains are made with. */

export const toCaller: Verdict = { kind: 'return' };
export const jump = (chain: Chain): Verdict => ({ kind: 'jump', chain });

export const rule = (
  chain: Chain,
  match: Match,
  verdict: Verdict,
  reason: string,
  setting?: string,
): Rule => ({
  table: tableOf(chain),
  chain,
  match,
  verdict,
  reason,
  ...(setting !== undefined && { setting }),
});

/** A way from a chain of the kernel's into one of ours. */
export const entry = (
  from: 'PREROUTING' | 'OUTPUT' | 'FORWARD' | 'POSTROUTING',
  match: Match,
  to: Chain,
  reason: string,
  setting?: string,
): Rule => ({ ...rule(to, match, jump(to), reason, setting), chain: from });

/** TCP to, or from, the selected blocks of `family`. */
export function blocks(
  chain: Chain,
  end: 'source' | 'destination',
  selected: Selection<Cidr>,
  family: Family,
  setting: string,
  verdict: Verdict,
): readonly Rule[] {
  if (selected.kind === 'all') return [rule(chain, {}, verdict, setting, setting)];
  return selected.items
    .filter((cidr) => cidr.family === family)
    .map((cidr) => rule(chain, isEverything(cidr) ? {} : { [end]: cidr }, verdict, setting, setting));
}

/** A block that holds every address is no match: the kernel stores none for it. */
const isEverything = ({ text }: Cidr): boolean => text.endsWith('/0');

export function ports(
  chain: Chain,
  selected: Selection<PortRange>,
  setting: string,
  verdict: Verdict,
): readonly Rule[] {
  if (selected.kind === 'all') return [rule(chain, {}, verdict, setting, setting)];
  if (selected.items.length === 0) return [];
  return [rule(chain, { protocol: 'tcp', destinationPorts: selected.items }, verdict, setting, setting)];
}

/** Without what stands behind a rule that takes every packet. */
export function reachable(rules: readonly Rule[]): readonly Rule[] {
  const final = rules.findIndex(isUnconditional);
  return final < 0 ? rules : rules.slice(0, final + 1);
}

/** For constants of this program only; input goes through {@link parseCidr}. */
export function block(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr.ok) throw new RangeError(`${text} is not a block`);
  return cidr.value;
}
