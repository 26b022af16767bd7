import type { Table } from '../rules/rule.ts';

/** What an nft base chain declares: where in the kernel's path it is called. */
export interface Hook {
  readonly type: 'nat' | 'filter' | 'route';
  readonly hook: string;
  readonly priority: number;
}

/**
 * The priorities of iptables' own tables (linux/netfilter_ipv4.h: NF_IP_PRI_RAW, NF_IP_PRI_MANGLE, NF_IP_PRI_NAT_DST and
 * NF_IP_PRI_NAT_SRC, NF_IP_PRI_FILTER). Ours come one before them: in nat the first chain that rewrites the
 * destination decides, and a drop must not depend on what others let pass.
 */
const priorities: Readonly<Record<Table, number>> = { raw: -300, mangle: -150, nat: -100, filter: 0 };
const sourceNat = 100;
const ahead = 1;

const builtIn = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** The hook that stands for one of iptables' built-in chains; undefined for a chain that only jumps lead to. */
export function hookOf(table: Table, chain: string): Hook | undefined {
  if (!builtIn.includes(chain)) return undefined;
  const fromSource = table === 'nat' && (chain === 'POSTROUTING' || chain === 'INPUT');
  // A mark that is set on the way out only changes the route in a chain of the type route.
  const type = table === 'nat' ? 'nat' : table === 'mangle' && chain === 'OUTPUT' ? 'route' : 'filter';
  const priority = (fromSource ? sourceNat : priorities[table]) - ahead;
  return { type, hook: chain.toLowerCase(), priority };
}

export const hookText = ({ type, hook, priority }: Hook): string =>
  `type ${type} hook ${hook} priority ${priority}; policy accept;`;
