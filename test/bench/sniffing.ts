import {
  type Bootstrap,
  type Cluster,
  type HttpConnectionManager,
  type HttpFilter,
  type Listener,
  typed,
} from '../../proxy/resource.ts';

const cluster = 'InboundPassthroughCluster';

/**
 * A bootstrap of ours in the shape of a sidecar that parses HTTP on ports that nobody declared, as Istio's does: the first
 * bytes of a connection are looked at, and what is HTTP goes through a connection manager.
 *
 * Where Istio and Envoy differ in a default, it is Istio's (pilot/pkg/networking/core/listener_builder.go and
 * listener_inbound.go there): paths are normalised, client certificates are told of, no stream times out, requests get an
 * id, the filters grpc_stats, fault and cors stand before the router. Access log and tracing are off. What it has besides
 * is not in the stock Envoy, and missing here: the filters that exchange metadata of peers and count by them.
 */
export function sniffing({
  static_resources: { listeners = [], clusters = [] } = {},
  ...rest
}: Bootstrap): Bootstrap {
  return {
    ...rest,
    static_resources: {
      listeners: listeners.map((one) => (one.name === 'virtualInbound' ? sniffingListener(one) : one)),
      clusters: clusters.map((one) => (one.name === cluster ? { ...one, ...downstreamProtocol } : one)),
    },
  };
}

const sniffingListener = (listener: Listener): Listener => ({
  ...listener,
  listener_filters: [
    ...(listener.listener_filters ?? []),
    {
      name: 'envoy.filters.listener.tls_inspector',
      typed_config: typed('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', {}),
    },
    {
      name: 'envoy.filters.listener.http_inspector',
      typed_config: typed('envoy.extensions.filters.listener.http_inspector.v3.HttpInspector', {}),
    },
  ],
  listener_filters_timeout: '0s',
  filter_chains: [
    ...(listener.filter_chains ?? []),
    {
      name: 'virtualInbound-catchall-http',
      filter_chain_match: { application_protocols: ['http/1.0', 'http/1.1', 'h2c'] },
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: typed(
            'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            connectionManager,
          ),
        },
      ],
    },
  ],
});

const filters: HttpFilter[] = [
  {
    name: 'envoy.filters.http.grpc_stats',
    typed_config: typed('envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', {
      emit_filter_state: true,
      stats_for_all_methods: false,
    }),
  },
  {
    name: 'envoy.filters.http.fault',
    typed_config: typed('envoy.extensions.filters.http.fault.v3.HTTPFault', {}),
  },
  { name: 'envoy.filters.http.cors', typed_config: typed('envoy.extensions.filters.http.cors.v3.Cors', {}) },
  {
    name: 'envoy.filters.http.router',
    typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {}),
  },
];

const connectionManager: HttpConnectionManager = {
  stat_prefix: cluster,
  server_name: 'istio-envoy',
  normalize_path: true,
  path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
  use_remote_address: false,
  forward_client_cert_details: 'APPEND_FORWARD',
  set_current_client_cert_details: { subject: true, uri: true, dns: true },
  stream_idle_timeout: '0s',
  upgrade_configs: [{ upgrade_type: 'websocket' }],
  route_config: {
    virtual_hosts: [
      {
        name: 'inbound|http|0',
        domains: ['*'],
        routes: [
          {
            name: 'default',
            match: { prefix: '/' },
            route: {
              cluster,
              timeout: '0s',
              max_stream_duration: { max_stream_duration: '0s', grpc_timeout_header_max: '0s' },
            },
            decorator: { operation: ':0/*' },
          },
        ],
      },
    ],
  },
  http_filters: filters,
};

const downstreamProtocol: Cluster = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      {
        common_http_protocol_options: { idle_timeout: '300s' },
        use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} },
      },
    ),
  },
};
