import type { Cidr } from '../settings/cidr.ts';
import { type Port, port } from '../settings/port.ts';
import type { Settings } from '../settings/settings.ts';

/** Hosts that may be called on one port, by name or by any name below it (`*.example.com`). */
export interface AllowedPort {
  readonly port: Port;
  /** At least one, and each once. */
  readonly names: readonly string[];
}

/** What becomes of the connections that the application makes. */
export type Outbound =
  | { readonly kind: 'allow-any' }
  /** Closed at once, except to these destinations. Each block and port comes once: of two, Envoy would not start. */
  | {
      readonly kind: 'blackhole';
      readonly allowedCidrs: readonly Cidr[];
      readonly allowedPorts: readonly AllowedPort[];
    };

export const allowAny: Outbound = { kind: 'allow-any' };

/** Whether hosts are allowed by their names, which the proxy has to resolve. */
export const namesHosts = (outbound: Outbound): boolean =>
  outbound.kind === 'blackhole' && outbound.allowedPorts.length > 0;

/** Of HTTP and HTTPS. */
const usualPorts = [port(80), port(443)];

/**
 * A host on the proxy's own port is none: to it comes who dials the proxy itself, from outside as well, and would be led
 * on as if he were the application; and a name that leads to the pod would make the proxy call itself, without end.
 */
export function outboundOf({
  outboundPolicy,
  allowOutboundCidrs,
  allowOutboundHosts,
  outboundPort,
}: Pick<
  Settings,
  'outboundPolicy' | 'allowOutboundCidrs' | 'allowOutboundHosts' | 'outboundPort'
>): Outbound {
  if (outboundPolicy === 'allow-any') return allowAny;
  const calls = allowOutboundHosts
    .flatMap((host) =>
      (host.port === undefined ? usualPorts : [host.port]).map((port) => ({ port, name: host.name })),
    )
    .filter(({ port }) => port !== outboundPort);
  const allowedPorts = [...Map.groupBy(calls, ({ port }) => port)]
    .map(([port, those]) => ({ port, names: [...new Set(those.map(({ name }) => name))] }))
    .toSorted((one, other) => one.port - other.port);
  const allowedCidrs = [...new Map(allowOutboundCidrs.map((cidr) => [cidr.text, cidr])).values()];
  return { kind: 'blackhole', allowedCidrs, allowedPorts };
}
