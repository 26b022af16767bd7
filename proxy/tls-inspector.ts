import type { Port } from '../settings/port.ts';
import { type Resource, typed } from './resource.ts';

/**
 * Reads the name in the TLS handshake, on `ports` alone (at least one): it waits for the first bytes of the application's,
 * and on other ports a server may speak first.
 */
export function renderTlsInspector(ports: readonly Port[]): Resource {
  const rules = ports.map((port) => ({ destination_port_range: { start: port, end: port + 1 } }));
  const [first = {}, ...more] = rules;
  return {
    name: 'envoy.filters.listener.tls_inspector',
    typed_config: typed('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector'),
    filter_disabled: { not_match: more.length === 0 ? first : { or_match: { rules } } },
  };
}
