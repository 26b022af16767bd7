import { type Resource, typed } from './resource.ts';

/**
 * How HTTP is carried without a change, in the words that the connection manager (towards the peer) and the cluster
 * (towards the application) share.
 */

/** HTTP/1 as the other side wrote it: the case of headers, the reason phrase, trailers. */
export const http1AsWritten: Resource = {
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

/** Extended CONNECT (RFC 8441), by which WebSockets go over HTTP/2. */
export const http2AsWritten: Resource = { allow_connect: true };

/** In place of Envoy's 100 headers and 60 KiB of them. */
export const mostHeaders = 2000;
export const mostHeaderKilobytes = 1024;
