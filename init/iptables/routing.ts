import type { Family } from '../../settings/cidr.ts';
import { passthroughSource } from '../../settings/names.ts';
import type { RuleLine } from '../rules/chains.ts';
import { tproxyMark } from '../rules/inbound-rules.ts';
import type { Difference } from './comparison.ts';
import type { Step } from './plan.ts';

/** What of ours the host has beside rules of netfilter, in one family. */
export interface HostState {
  /** Whether the passthrough source is an address of this host, so that the proxy can bind to it. */
  readonly passthroughAddress: boolean;
  /** How many rules lead marked packets to our table of routes: the kernel takes the same rule many times. */
  readonly routingRules: number;
  /** Whether that table makes every address local, so that a packet for any reaches a socket of this host. */
  readonly route: boolean;
}

/** Every backend's way to tell whether its rules need the routes of marked packets. */
export const needsRouting = (wanted: readonly Pick<RuleLine, 'chain'>[]): boolean =>
  wanted.some(({ chain }) => chain === 'OUTRIDER_IN_TPROXY');

/** Any number from 1 to 252 that the pod does not use; Istio's, which no pod has beside ours. */
const table = 133;
/** All of 127.0.0.0/8 is local to a Linux host; of IPv6 only ::1 is, so ::6 has to be given to the host. */
const address = `${passthroughSource.ipv6}/128 dev lo`;
const routingRule = `fwmark 0x${tproxyMark.toString(16)} lookup ${table}`;
const routeOf = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;
const route = (family: Family): string => `local ${routeOf[family]} dev lo table ${table}`;

/** To be asked as `ip -N -batch -`, with -6 for IPv6: all tables at once, since asking for one that is not there fails. */
export const routingQuery = 'rule show\nroute show table all\n';

/** Reads the answer to {@link routingQuery}. With -N, types and tables are numbers: 2 is RTN_LOCAL. */
export function parseRouting(text: string): Pick<HostState, 'routingRules' | 'route'> {
  const lines = text.split('\n').map((line) => line.trim());
  return {
    routingRules: lines.filter((line) => line.replace(/^\d+:\s+from all /, '') === routingRule).length,
    route: lines.some((line) => line.startsWith(`2 default dev lo table ${table} `)),
  };
}

export function hostDifferences(wanted: HostState, now: HostState, family: Family): readonly Difference[] {
  const [ofAddress, ofRule, ofRoute] = [
    `address ${address}`,
    `rule ${routingRule}`,
    `route ${route(family)}`,
  ];
  const reason = 'marked packets are for this host';
  const { removed, added } = hostChanges(wanted, now);
  return [
    ...(added.address ? [missing(ofAddress, 'source of what the proxy passes to the application')] : []),
    ...(removed.address ? [extra(ofAddress)] : []),
    ...Array.from({ length: added.rules }, () => missing(ofRule, reason)),
    ...Array.from({ length: removed.rules }, () => extra(ofRule)),
    ...(added.route ? [missing(ofRoute, reason)] : []),
    ...(removed.route ? [extra(ofRoute)] : []),
  ];
}

const hostChanges = (wanted: HostState, now: HostState) => ({
  removed: excess(now, wanted),
  added: excess(wanted, now),
});

const excess = (one: HostState, other: HostState) => ({
  address: one.passthroughAddress && !other.passthroughAddress,
  rules: Math.max(0, one.routingRules - other.routingRules),
  route: one.route && !other.route,
});

const missing = (line: string, reason: string): Difference => ({ kind: 'missing', line, reason });
const extra = (line: string): Difference => ({ kind: 'extra', line });

/**
 * The steps, one at most for what is removed and for what is added, from `now` to `wanted`. What is removed goes
 * before the rules of netfilter are changed, and what is added after: so there are rules of ours at every moment at
 * which there is something else of ours, and who sees them knows where to look.
 */
export function planHost(wanted: HostState, now: HostState, family: Family): HostSteps {
  const { removed, added } = hostChanges(wanted, now);
  return {
    removal: batch(family, [
      ...Array.from({ length: removed.rules }, () => `rule del ${routingRule}`),
      ...(removed.route ? [`route del ${route(family)}`] : []),
      ...(removed.address ? [`addr del ${address}`] : []),
    ]),
    addition: batch(family, [
      // Without duplicate address detection, during which the address could not be bound to.
      ...(added.address ? [`addr replace ${address} nodad`] : []),
      ...Array.from({ length: added.rules }, () => `rule add ${routingRule}`),
      ...(added.route ? [`route replace ${route(family)}`] : []),
    ]),
  };
}

export interface HostSteps {
  readonly removal: readonly Step[];
  readonly addition: readonly Step[];
}

function batch(family: Family, lines: readonly string[]): readonly Step[] {
  if (lines.length === 0) return [];
  const args = [...(family === 'ipv6' ? ['-6'] : []), '-batch', '-'];
  return [{ family, command: 'ip', args, input: `${lines.join('\n')}\n` }];
}
