import type { AccessLog } from '../settings/settings.ts';
import { type Listener, typed } from './resource.ts';

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

/** The fields of a capture listener that write one line to the proxy's stdout as each of its connections closes. */
export function renderAccessLog(accessLog: AccessLog, direction: 'inbound' | 'outbound'): Listener {
  if (accessLog === 'off') return {};
  const all = { direction, ...fields };
  const format =
    accessLog === 'json'
      ? { json_format: all }
      : { text_format_source: { inline_string: `${logfmt(all)}\n` } };
  const config = typed('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', { log_format: format });
  return { access_log: [{ name: 'envoy.access_loggers.stdout', typed_config: config }] };
}

const logfmt = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
