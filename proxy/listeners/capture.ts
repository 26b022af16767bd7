import type { Family } from '../../settings/cidr.ts';
import type { Port } from '../../settings/port.ts';
import type { RedirectMode } from '../../settings/settings.ts';
import { listenerAddresses } from '../address.ts';
import { bufferLimit } from '../buffer.ts';
import { blackHoleCluster } from '../clusters/black-hole.ts';
import { inboundPassthroughCluster, passthroughCluster } from '../clusters/original-destination.ts';
import { renderAllowedChains } from '../filter-chains/allowed.ts';
import { renderInboundHttpChain } from '../filter-chains/inbound-http.ts';
import { originalDestination, tcpProxy } from '../filters.ts';
import type { HttpPort } from '../http-port.ts';
import { acceptedKeepalive } from '../keepalive.ts';
import { renderInspection } from '../listener-filters/http-inspector.ts';
import { withOriginalSource } from '../listener-filters/original-source.ts';
import { renderNameReading } from '../listener-filters/tls-inspector.ts';
import type { Observation } from '../observation.ts';
import type { Outbound } from '../outbound.ts';
import type { FilterChain, Listener } from '../resource.ts';

/**
 * A listener to which the rules redirect connections.
 *
 * A connection whose original destination is the listener's own port was not redirected, it was made to the port
 * itself. To pass it on would be to dial the listener again, without end, so it goes to the black hole.
 */
function renderCaptureListener(
  name: string,
  direction: 'INBOUND' | 'OUTBOUND',
  families: readonly Family[],
  port: Port,
  cluster: string,
  chains: readonly FilterChain[] = [],
): Listener {
  const [refusing, passing] = [`${name}-blackhole`, `${name}-catchall-tcp`];
  return {
    name,
    stat_prefix: name,
    ...listenerAddresses(families, port),
    ...bufferLimit,
    traffic_direction: direction,
    listener_filters: [originalDestination],
    filter_chains: [
      {
        name: refusing,
        filter_chain_match: { destination_port: port },
        filters: [tcpProxy(refusing, blackHoleCluster)],
      },
      ...chains,
    ],
    default_filter_chain: { name: passing, filters: [tcpProxy(passing, cluster)] },
  };
}

/** What the application dials: redirected here by OUTRIDER_REDIRECT. */
export function renderVirtualOutbound(
  families: readonly Family[],
  port: Port,
  outbound: Outbound,
  observation: Observation,
): Listener {
  const catchall = outbound.kind === 'blackhole' ? blackHoleCluster : passthroughCluster;
  const allowed = renderAllowedChains(outbound, families, observation);
  return {
    ...renderCaptureListener('virtualOutbound', 'OUTBOUND', families, port, catchall, allowed),
    ...renderNameReading(outbound),
  };
}

/** What others dial in this pod: redirected here by OUTRIDER_IN_REDIRECT, or given as it is by OUTRIDER_IN_TPROXY. */
export function renderVirtualInbound(
  families: readonly Family[],
  port: Port,
  httpPorts: readonly HttpPort[],
  observation: Observation,
  mode: RedirectMode,
): Listener {
  const chains = httpPorts.map((httpPort) => renderInboundHttpChain(httpPort, observation));
  const listener = {
    ...renderCaptureListener('virtualInbound', 'INBOUND', families, port, inboundPassthroughCluster, chains),
    ...renderInspection(httpPorts),
    ...acceptedKeepalive,
  };
  return mode === 'tproxy' ? withOriginalSource(listener) : listener;
}
