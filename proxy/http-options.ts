import { bufferBytes } from './buffer.ts';
import type { Messages } from './envoy-api.ts';
import { type HttpConnectionManager, typed } from './resource.ts';

/**
 * How HTTP is carried without a change, in the words that the connection manager (towards the peer) and the cluster
 * (towards the application) share.
 */

/** HTTP/1 as the other side wrote it: the case of headers, the reason phrase, trailers. */
export const http1AsWritten: Messages['envoy.config.core.v3.Http1ProtocolOptions'] = {
  enable_trailers: true,
  header_key_format: {
    stateful_formatter: {
      name: 'envoy.http.stateful_header_formatters.preserve_case',
      typed_config: typed(
        'envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig',
        { forward_reason_phrase: true },
      ),
    },
  },
};

/**
 * Extended CONNECT (RFC 8441), by which WebSockets go over HTTP/2.
 *
 * What may be sent before a reader takes any is held by the proxy: by Envoy's own windows tens of MiB for each stream that is
 * not read. Here a stream has what a connection of bytes has. The window of the connection is sixteen times that, so that
 * a stream that stalls does not hold up those beside it.
 */
export const http2AsWritten: Messages['envoy.config.core.v3.Http2ProtocolOptions'] = {
  allow_connect: true,
  initial_stream_window_size: bufferBytes,
  initial_connection_window_size: 16 * bufferBytes,
};

/** In place of Envoy's 100 headers and 60 KiB of them. */
export const mostHeaders = 2000;
export const mostHeaderKilobytes = 1024;

/** No header is added, taken or written anew, no answer is given in the application's place. */
export const withoutTraces: HttpConnectionManager = {
  server_header_transformation: 'PASS_THROUGH',
  generate_request_id: false,
  // Envoy would tell by a header that a peer has a private address: here only one has that nobody has.
  internal_address_config: { cidr_ranges: [{ address_prefix: '255.255.255.255', prefix_len: 32 }] },
  forward_client_cert_details: 'ALWAYS_FORWARD_ONLY',
  // `Expect: 100-continue` is the application's to answer.
  proxy_100_continue: true,
};

/** Envoy would end a quiet stream after five minutes, and a connection without requests after an hour. */
export const withoutLimits: HttpConnectionManager = {
  stream_idle_timeout: '0s',
  common_http_protocol_options: { idle_timeout: '0s', max_headers_count: mostHeaders },
  max_request_headers_kb: mostHeaderKilobytes,
};
