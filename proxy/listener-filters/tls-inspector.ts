import { originalDestination } from '../filters.ts';
import type { Outbound } from '../outbound.ts';
import { type Listener, typed } from '../resource.ts';
import { onlyOnPorts } from './ports.ts';

/**
 * The fields of a listener by which the name in a TLS handshake is read on the ports of hosts that are allowed, and on
 * no other; none where there is no such host. The filter waits for the application's first bytes, as long as it takes:
 * Envoy would end a quiet connection after 15 seconds.
 */
export function renderNameReading(outbound: Outbound): Listener {
  const ports = outbound.kind === 'allow-any' ? [] : outbound.allowedPorts;
  const limited = onlyOnPorts(ports.map(({ port }) => port));
  if (limited === undefined) return {};
  const inspector = {
    name: 'envoy.filters.listener.tls_inspector',
    typed_config: typed('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', {}),
    ...limited,
  };
  return { listener_filters: [originalDestination, inspector], listener_filters_timeout: '0s' };
}
