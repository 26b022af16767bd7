import { type Bootstrap, type Cluster, type HttpConnectionManager, typed } from './resource.ts';

/**
 * Bounds of the listeners of the proxy's own, which are exempt from those of the captured ones (overload.ts). Whoever
 * reaches the pod reaches them, so each has a number of connections of its own, and none of these lasts.
 */

/**
 * By the name of the listener, how many connections it has at a time; one more is closed at once. The kubelet asks for
 * readiness and probes: there a number counts against who keeps it out by taking all places, for the seconds that
 * {@link brief} leaves. A quiet one takes 8 KiB. What asks for metrics are few, and each may leave a whole answer unread.
 */
const mostConnections = { readiness: 512, metrics: 32, probes: 512 };

/** envoy.config.bootstrap.v3.LayeredRuntime, where Envoy has the limit of a single listener. */
export function renderRuntime(): NonNullable<Bootstrap['layered_runtime']> {
  const limits = Object.entries(mostConnections).map(([name, most]) => [
    `envoy.resource_limits.listener.${name}.connection_limit`,
    most,
  ]);
  return { layers: [{ name: 'own-listeners', static_layer: Object.fromEntries(limits) }] };
}

/**
 * Fields of their connection manager. One request and its answer, then the connection ends, as the kubelet's do. Who asks
 * sends the request at once; ten seconds for the answer are what Prometheus itself waits by default.
 */
export const brief: HttpConnectionManager = {
  codec_type: 'HTTP1',
  max_request_headers_kb: 8,
  request_headers_timeout: '2s',
  request_timeout: '2s',
  common_http_protocol_options: {
    idle_timeout: '2s',
    max_stream_duration: '10s',
    max_requests_per_connection: 1,
  },
};

/** Fields of the cluster behind them: what many have asked for at once is not kept open for an hour after. */
export const briefBehind: Cluster = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      {
        common_http_protocol_options: { idle_timeout: '2s' },
        explicit_http_config: { http_protocol_options: {} },
      },
    ),
  },
};
