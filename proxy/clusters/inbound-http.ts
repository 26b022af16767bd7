import type { Family } from '../../settings/cidr.ts';
import { http1AsWritten, http2AsWritten, mostHeaderKilobytes, mostHeaders } from '../http-options.ts';
import { type Cluster, typed } from '../resource.ts';
import { renderInboundPassthroughCluster } from './original-destination.ts';

export const inboundHttpCluster = 'InboundPassthroughHttpCluster';

/**
 * How long a connection to the application is kept without a request. Less than applications themselves do (2 s in
 * gunicorn, 5 s in Node and Apache, longer elsewhere), since a request that meets their closing would be answered 503;
 * and little, since it may hold one of their threads after the peer has gone. A new one costs a connection on loopback.
 */
const kept = '0.1s';

/**
 * Inbound to the ports on which HTTP is declared, in the version that the peer speaks.
 *
 * Each connection of a peer's has connections of its own to the application: requests of different peers never share
 * one, so no peer gets another's answer, and what the application knows by the connection stays true. Envoy does not
 * close them with the peer's; they end for lack of requests.
 */
export function renderInboundHttpCluster(families: readonly Family[]): Cluster {
  return {
    ...renderInboundPassthroughCluster(families),
    name: inboundHttpCluster,
    connection_pool_per_downstream_connection: true,
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          common_http_protocol_options: {
            idle_timeout: kept,
            max_headers_count: mostHeaders,
            max_response_headers_kb: mostHeaderKilobytes,
          },
          use_downstream_protocol_config: {
            http_protocol_options: http1AsWritten,
            http2_protocol_options: http2AsWritten,
          },
        },
      ),
    },
  };
}
