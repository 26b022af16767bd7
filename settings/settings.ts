import type { AllowedHost } from './allowed-host.ts';
import type { Cidr, Family } from './cidr.ts';
import type { Endpoint } from './endpoint.ts';
import type { InterfaceName } from './interface-name.ts';
import * as names from './names.ts';
import type { Port, PortRange } from './port.ts';
import type { DeclaredPort } from './protocol.ts';
import type { Quantity } from './quantity.ts';
import { everything, nothing, type Selection } from './result.ts';
import type { Gid, Owner, Uid } from './uid.ts';

/** The families that rules and listeners cover; `auto` asks the host (for the command line alone). */
export type IpFamilies = 'auto' | 'ipv4' | 'ipv6' | 'dual';

/** How inbound traffic reaches the proxy: with its destination rewritten (REDIRECT), or as it is (TPROXY). */
export const redirectModes = ['redirect', 'tproxy'] as const;
export type RedirectMode = (typeof redirectModes)[number];

/** What becomes of outbound traffic that nothing else decides on: it passes, or it ends in the proxy. */
export const outboundPolicies = ['allow-any', 'blackhole'] as const;
export type OutboundPolicy = (typeof outboundPolicies)[number];

export const logLevels = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'] as const;
export type LogLevel = (typeof logLevels)[number];

/** How the proxy writes a line about each connection, if it does. */
export const accessLogs = ['off', 'json', 'text'] as const;
export type AccessLog = (typeof accessLogs)[number];

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
  /** Sources whose inbound traffic is left alone. */
  readonly excludeInboundCidrs: Selection<Cidr>;
  /** What comes in or goes out by them is left alone. */
  readonly excludeInterfaces: readonly InterfaceName[];
  /** What comes in by them is outbound: sent by a guest behind them (a virtual machine, an inner container). */
  readonly virtualInterfaces: readonly InterfaceName[];
  /** Owners of applications whose traffic is left alone. */
  readonly excludeUids: readonly Owner[];
  readonly excludeGids: readonly Owner[];
  /** Whether inbound TCP that belongs to no connection is dropped. */
  readonly dropInvalid: boolean;
  readonly redirectMode: RedirectMode;
  readonly outboundPolicy: OutboundPolicy;
  /** What the policy `blackhole` lets TCP through to. */
  readonly allowOutboundCidrs: readonly Cidr[];
  readonly allowOutboundHosts: readonly AllowedHost[];
  /** Whether a pod is taken although a container of it could get past the policy `blackhole`. */
  readonly allowUnconfinedContainers: boolean;
  /** Whether a family that the pod has and that cannot be captured is left open, rather than the pod not started. */
  readonly allowUncapturedFamily: boolean;
  /** Owners whose traffic is the proxy's own. Never empty; a pod has exactly one. */
  readonly proxyUids: readonly Uid[];
  /** Groups whose traffic is the proxy's own, in addition to the users. */
  readonly proxyGids: readonly Gid[];
  /** Of ports of the pod; stronger than what their names declare. Each port once. */
  readonly inboundProtocol: readonly DeclaredPort[];
  readonly proxyImage: string;
  readonly proxyLogLevel: LogLevel;
  readonly accessLog: AccessLog;
  /** Who is told of requests, by OTLP over gRPC; nobody where there is none. */
  readonly tracingEndpoint: Endpoint | undefined;
  /** Of 100 requests that belong to no trace yet, how many begin one. */
  readonly tracingSampling: number;
  /** Envoy's worker threads. As the CPU limit has it where there is none. */
  readonly proxyConcurrency: number | undefined;
  readonly proxyCpu: Quantity;
  readonly proxyCpuLimit: Quantity;
  readonly proxyMemory: Quantity;
  readonly proxyMemoryLimit: Quantity;
  /** Left to Kubernetes where there is none, as is its limit. */
  readonly proxyEphemeralStorage: Quantity | undefined;
  readonly proxyEphemeralStorageLimit: Quantity | undefined;
  /** How long the proxy stays at least, from the deletion of its pod on. */
  readonly drainSeconds: number;
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
  excludeInboundCidrs: nothing,
  excludeInterfaces: [],
  virtualInterfaces: [],
  excludeUids: [],
  excludeGids: [],
  dropInvalid: false,
  redirectMode: 'redirect',
  outboundPolicy: 'allow-any',
  allowOutboundCidrs: [],
  allowOutboundHosts: [],
  allowUnconfinedContainers: false,
  allowUncapturedFamily: false,
  proxyUids: [names.defaultProxyUid],
  proxyGids: [],
  inboundProtocol: [],
  proxyImage: names.defaultProxyImage,
  proxyLogLevel: 'warning',
  // A line per connection costs processor time and the node's disk, and tells who talks to whom: who wants it, asks.
  accessLog: 'off',
  tracingEndpoint: undefined,
  // As Istio has it: where requests are many, nobody reads a trace of each, and somebody has to store it.
  tracingSampling: 1,
  proxyConcurrency: undefined,
  proxyCpu: { text: '100m', value: 0.1 },
  proxyCpuLimit: { text: '2', value: 2 },
  proxyMemory: { text: '64Mi', value: 64 * 2 ** 20 },
  proxyMemoryLimit: { text: '256Mi', value: 256 * 2 ** 20 },
  proxyEphemeralStorage: undefined,
  proxyEphemeralStorageLimit: undefined,
  drainSeconds: 0,
};

/** The single families behind `ip-families`, IPv4 first; `auto` has to be resolved before. */
export function familiesOf(families: Exclude<IpFamilies, 'auto'>): readonly Family[] {
  return families === 'dual' ? ['ipv4', 'ipv6'] : [families];
}
