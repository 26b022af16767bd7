import type { AccessLog } from '../settings/settings.ts';
import { type HttpConnectionManager, type Listener, typed } from './resource.ts';

/**
 * What a line tells of a connection, and the words by which Envoy is asked for it. The names are a promise to who
 * reads the lines (docs/observability.md). Of a redirected connection, Envoy's "downstream local address" is what
 * the original-destination filter made of it: where the connection was going.
 */
const fields = {
  start_time: '%START_TIME%',
  source: '%DOWNSTREAM_REMOTE_ADDRESS%',
  original_destination: '%DOWNSTREAM_LOCAL_ADDRESS%',
  chain: '%FILTER_CHAIN_NAME%',
  cluster: '%UPSTREAM_CLUSTER%',
  upstream_local_address: '%UPSTREAM_LOCAL_ADDRESS%',
  upstream_remote_address: '%UPSTREAM_REMOTE_ADDRESS%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration_ms: '%DURATION%',
  response_flags: '%RESPONSE_FLAGS%',
  failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
} as const;

/**
 * What a line tells of a request beside these. The last ones are as the client wrote them: in a line of text nothing
 * can be behind them that they could be taken for. A query may hold what is secret, so the path comes without.
 */
const requestFields = {
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
  grpc_status: '%GRPC_STATUS%',
  method: '%REQ(:METHOD)%',
  authority: '%REQ(:AUTHORITY)%',
  path: '%PATH(NQ)%',
  traceparent: '%REQ(TRACEPARENT)%',
} as const;

export type Direction = 'inbound' | 'outbound';

/** The field by which both listeners and connection managers have logs. */
type Logged = Pick<Listener & HttpConnectionManager, 'access_log'>;

/** The fields of a capture listener that write one line to the proxy's stdout as each of its connections closes. */
export function renderAccessLog(accessLog: AccessLog, direction: Direction): Logged {
  return toStdout(accessLog, { direction, ...fields });
}

/** The fields of a connection manager that write such a line as each of its requests ends. */
export function renderRequestLog(accessLog: AccessLog, direction: Direction): Logged {
  return toStdout(accessLog, { direction, ...fields, ...requestFields });
}

function toStdout(accessLog: AccessLog, all: Readonly<Record<string, string>>): Logged {
  if (accessLog === 'off') return {};
  const format =
    accessLog === 'json'
      ? { json_format: { ...all } }
      : { text_format_source: { inline_string: `${logfmt(all)}\n` } };
  const config = typed('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', { log_format: format });
  return { access_log: [{ name: 'envoy.access_loggers.stdout', typed_config: config }] };
}

const logfmt = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
