import type { Cidr, Family } from './cidr.ts';
import * as names from './names.ts';
import type { Port, PortRange } from './port.ts';
import type { Quantity } from './quantity.ts';
import { everything, nothing, type Selection } from './result.ts';
import type { Uid } from './uid.ts';

/** The families that rules and listeners cover; `auto` asks the host (for the command line alone). */
export type IpFamilies = 'auto' | 'ipv4' | 'ipv6' | 'dual';

export const logLevels = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Everything that decides how one pod's traffic is captured and proxied. The rules and the proxy's bootstrap are
 * both derived from one such value, so they cannot disagree.
 *
 * Captured is the union of the includes less the excludes: an exclude always wins.
 */
export interface Settings {
  readonly outboundPort: Port;
  readonly inboundPort: Port;
  readonly ipFamilies: IpFamilies;
  readonly includeOutboundCidrs: Selection<Cidr>;
  readonly excludeOutboundCidrs: Selection<Cidr>;
  readonly includeOutboundPorts: Selection<PortRange>;
  readonly excludeOutboundPorts: Selection<PortRange>;
  readonly includeInboundPorts: Selection<PortRange>;
  readonly excludeInboundPorts: Selection<PortRange>;
  /** Owners whose traffic is the proxy's own. Never empty; a pod has exactly one. */
  readonly proxyUids: readonly Uid[];
  readonly proxyImage: string;
  readonly proxyLogLevel: LogLevel;
  /** Envoy's worker threads. */
  readonly proxyConcurrency: number;
  readonly proxyCpu: Quantity;
  readonly proxyCpuLimit: Quantity;
  readonly proxyMemory: Quantity;
  readonly proxyMemoryLimit: Quantity;
}

export const defaults: Settings = {
  outboundPort: names.defaultOutboundPort,
  inboundPort: names.defaultInboundPort,
  ipFamilies: 'auto',
  includeOutboundCidrs: everything,
  excludeOutboundCidrs: nothing,
  includeOutboundPorts: nothing,
  excludeOutboundPorts: nothing,
  includeInboundPorts: everything,
  excludeInboundPorts: nothing,
  proxyUids: [names.defaultProxyUid],
  proxyImage: names.defaultProxyImage,
  proxyLogLevel: 'warning',
  proxyConcurrency: 2,
  proxyCpu: { text: '100m', value: 0.1 },
  proxyCpuLimit: { text: '2', value: 2 },
  proxyMemory: { text: '64Mi', value: 64 * 2 ** 20 },
  proxyMemoryLimit: { text: '256Mi', value: 256 * 2 ** 20 },
};

/** The single families behind `ip-families`, IPv4 first; `auto` has to be resolved before. */
export function familiesOf(families: Exclude<IpFamilies, 'auto'>): readonly Family[] {
  return families === 'dual' ? ['ipv4', 'ipv6'] : [families];
}
