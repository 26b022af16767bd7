import type { Family } from '../../settings/cidr.ts';
import { renderAllowedCidrChains } from '../filter-chains/allowed-cidrs.ts';
import { renderAllowedHostChains } from '../filter-chains/allowed-hosts.ts';
import { originalDestination } from '../filters.ts';
import type { Outbound } from '../outbound.ts';
import type { Resource } from '../resource.ts';
import { renderTlsInspector } from '../tls-inspector.ts';

/** The filter chains for what the policy lets through. */
export function renderAllowedChains(outbound: Outbound, families: readonly Family[]): Resource[] {
  if (outbound.kind === 'allow-any') return [];
  const { allowedCidrs, allowedPorts } = outbound;
  const ports = allowedPorts.map(({ port }) => port);
  return [
    ...renderAllowedCidrChains(allowedCidrs, ports),
    ...allowedPorts.flatMap((allowed) => renderAllowedHostChains(allowed, families)),
  ];
}

/** What the listener has to read where hosts are allowed by name: for as long as the application says nothing. */
export function renderNameReading(outbound: Outbound): Resource {
  if (outbound.kind === 'allow-any' || outbound.allowedPorts.length === 0) return {};
  const ports = outbound.allowedPorts.map(({ port }) => port);
  return {
    listener_filters: [originalDestination, renderTlsInspector(ports)],
    // Never: Envoy would end a quiet connection after 15 seconds.
    listener_filters_timeout: '0s',
  };
}
