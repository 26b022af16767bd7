import type { Family } from '../../settings/cidr.ts';
import { bufferLimit } from '../buffer.ts';
import { renderDnsCache } from '../dns-cache.ts';
import { http1AsWritten, http2AsWritten, mostHeaderKilobytes, mostHeaders } from '../http-options.ts';
import { peerKeepalive } from '../keepalive.ts';
import { type Cluster, typed } from '../resource.ts';
import { unlimited } from './original-destination.ts';

export const allowedHostsCluster = 'AllowedHostsCluster';

/** Outbound: to the host that the application named, at an address that the proxy resolved itself. */
export function renderAllowedHostsCluster(families: readonly Family[]): Cluster {
  return {
    name: allowedHostsCluster,
    lb_policy: 'CLUSTER_PROVIDED',
    connect_timeout: '10s',
    ...bufferLimit,
    ...unlimited,
    ...peerKeepalive,
    cluster_type: {
      name: 'envoy.clusters.dynamic_forward_proxy',
      typed_config: typed('envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig', {
        dns_cache_config: renderDnsCache(families),
      }),
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          // Of TLS that Envoy would begin itself: without these it refuses the cluster, with a transport in clear, too.
          upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true },
          use_downstream_protocol_config: {
            http_protocol_options: http1AsWritten,
            http2_protocol_options: http2AsWritten,
          },
          common_http_protocol_options: {
            // Less than servers keep a connection: a request that meets their closing would be answered 503.
            idle_timeout: '1s',
            max_headers_count: mostHeaders,
            max_response_headers_kb: mostHeaderKilobytes,
          },
        },
      ),
    },
  };
}
