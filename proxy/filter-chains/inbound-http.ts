import { inboundHttpCluster } from '../clusters/inbound-http.ts';
import type { Messages } from '../envoy-api.ts';
import { http1AsWritten, http2AsWritten, withoutLimits, withoutTraces } from '../http-options.ts';
import type { HttpPort } from '../http-port.ts';
import { inspectedProtocols } from '../listener-filters/http-inspector.ts';
import { type Observation, renderObservation } from '../observation.ts';
import {
  type FilterChain,
  type HttpConnectionManager,
  type HttpFilter,
  type Route,
  typed,
} from '../resource.ts';

/** AUTO looks at the first bytes that come, and holds nothing up: in HTTP the client speaks first. */
const codecs: Record<HttpPort['protocol'], NonNullable<HttpConnectionManager['codec_type']>> = {
  http: 'AUTO',
  http2: 'HTTP2',
  grpc: 'HTTP2',
  auto: 'AUTO',
};

/** The filter chain of a port on which HTTP is declared: requests and answers pass as they are. */
export function renderInboundHttpChain({ port, protocol }: HttpPort, observation: Observation): FilterChain {
  const name = `inbound|${port}||`;
  return {
    name,
    filter_chain_match: {
      destination_port: port,
      // What is no HTTP is matched by no chain, and gets the default one, as bytes.
      ...(protocol === 'auto' && { application_protocols: inspectedProtocols }),
    },
    filters: [
      {
        name: 'envoy.filters.network.http_connection_manager',
        typed_config: typed(
          'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
          {
            stat_prefix: name,
            codec_type: codecs[protocol],
            ...withoutTraces,
            ...withoutLimits,
            ...renderObservation(observation, 'inbound'),
            http_protocol_options: { ...http1AsWritten, ...oldAndNew },
            http2_protocol_options: http2AsWritten,
            upgrade_configs: [{ upgrade_type: 'websocket' }, { upgrade_type: 'CONNECT' }],
            early_header_mutation_extensions: [markProto],
            route_config: { virtual_hosts: [{ name, domains: ['*'], routes }] },
            http_filters: [router],
          },
        ),
      },
    ],
  };
}

const oldAndNew: Messages['envoy.config.core.v3.Http1ProtocolOptions'] = {
  accept_http_10: true,
  // HTTP/1.1, as which Envoy sends it on, has to have a Host.
  default_host_for_http_10: 'localhost',
  // Offered by clients that do not insist; with it Envoy would answer 403.
  ignore_http_11_upgrade: [{ prefix: 'TLS/', ignore_case: true }],
};

/**
 * Envoy gives every request an `x-forwarded-proto`. One that has none gets this value before Envoy looks for it, and by
 * the value the route knows that it is to be taken off again.
 */
const unsaid = 'outrider-unsaid';
const proto = 'x-forwarded-proto';

const markProto: Messages['envoy.config.core.v3.TypedExtensionConfig'] = {
  name: 'envoy.http.early_header_mutation.header_mutation',
  typed_config: typed('envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation', {
    mutations: [{ append: { header: { key: proto, value: unsaid }, append_action: 'ADD_IF_ABSENT' } }],
  }),
};

const toApplication: Messages['envoy.config.route.v3.RouteAction'] = {
  cluster: inboundHttpCluster,
  timeout: '0s',
};
const isUnsaid = [{ name: proto, string_match: { exact: unsaid } }];

/** Only CONNECT has no path. */
const routes: Route[] = [
  { match: { connect_matcher: {} }, route: toApplication, request_headers_to_remove: [proto] },
  { match: { prefix: '/', headers: isUnsaid }, route: toApplication, request_headers_to_remove: [proto] },
  { match: { prefix: '/' }, route: toApplication },
];

const router: HttpFilter = {
  name: 'envoy.filters.http.router',
  typed_config: typed('envoy.extensions.filters.http.router.v3.Router', { suppress_envoy_headers: true }),
};
