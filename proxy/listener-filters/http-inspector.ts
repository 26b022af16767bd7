import { originalDestination } from '../filters.ts';
import type { HttpPort } from '../http-port.ts';
import { type Listener, typed } from '../resource.ts';
import { onlyOnPorts } from './ports.ts';

/** What the inspector calls a connection that speaks HTTP, by its first line. */
export const inspectedProtocols = ['http/1.0', 'http/1.1', 'h2c'];

/**
 * The fields of a listener by which the first bytes of connections to `auto` ports are looked at, and of no other; none
 * where there is no such port. A connection in which nothing comes for a second, or nothing that tells, goes on as bytes:
 * the server may be the one to speak first.
 */
export function renderInspection(httpPorts: readonly HttpPort[]): Listener {
  const auto = httpPorts.filter(({ protocol }) => protocol === 'auto');
  const limited = onlyOnPorts(auto.map(({ port }) => port));
  if (limited === undefined) return {};
  const inspector = {
    name: 'envoy.filters.listener.http_inspector',
    typed_config: typed('envoy.extensions.filters.listener.http_inspector.v3.HttpInspector', {}),
    ...limited,
  };
  return {
    listener_filters: [originalDestination, inspector],
    listener_filters_timeout: '1s',
    continue_on_listener_filters_timeout: true,
  };
}
