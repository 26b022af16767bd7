import { isIP } from 'node:net';
import type { Family } from '../../settings/cidr.ts';
import type { Endpoint } from '../../settings/endpoint.ts';
import { bufferLimit } from '../buffer.ts';
import { peerKeepalive } from '../keepalive.ts';
import { type Cluster, typed } from '../resource.ts';

export const tracingCluster = 'tracing';

/**
 * How many messages wait for an answer of the collector at most, of five spans each; what is more is dropped. A span holds
 * some headers of its request, which may be as long as a megabyte, so that they are few.
 */
const mostWaiting = 16;

/**
 * A connection is not kept for longer. The Service of the collector then gets another choice among its pods, and one
 * that has vanished without a word is not spoken to until the kernel finds out, a quarter of an hour later.
 */
const kept = '60s';

export function renderTracingCluster({ host, port }: Endpoint, families: readonly Family[]): Cluster {
  const endpoint = { address: { socket_address: { address: host, port_value: port } } };
  return {
    name: tracingCluster,
    ...(isIP(host) > 0 ? ({ type: 'STATIC' } as const) : resolvedAs(families)),
    connect_timeout: '1s',
    ...bufferLimit,
    ...peerKeepalive,
    circuit_breakers: {
      thresholds: [{ max_connections: 1, max_pending_requests: mostWaiting, max_requests: mostWaiting }],
    },
    load_assignment: { cluster_name: tracingCluster, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          common_http_protocol_options: { max_connection_duration: kept },
          explicit_http_config: { http2_protocol_options: {} },
        },
      ),
    },
  };
}

/**
 * By the pod's `/etc/resolv.conf`, as the application would. Envoy would ask every five seconds, and start only once there
 * is an answer.
 */
const resolvedAs = (families: readonly Family[]): Cluster => ({
  type: 'STRICT_DNS',
  dns_lookup_family: families.length > 1 ? 'V4_PREFERRED' : families[0] === 'ipv6' ? 'V6_ONLY' : 'V4_ONLY',
  dns_refresh_rate: '30s',
  dns_failure_refresh_rate: { base_interval: '1s', max_interval: '10s' },
  wait_for_warm_on_init: false,
});
