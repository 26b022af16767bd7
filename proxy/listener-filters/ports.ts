import type { Port } from '../../settings/port.ts';
import type { ListenerFilter } from '../resource.ts';

/** The field by which a listener filter is off for all ports but these; none where there are none. */
export function onlyOnPorts(ports: readonly Port[]): Pick<ListenerFilter, 'filter_disabled'> | undefined {
  const rules = ports.map((port) => ({ destination_port_range: { start: port, end: port + 1 } }));
  const [only, ...more] = rules;
  if (only === undefined) return undefined;
  // Envoy takes no "or" of one.
  return { filter_disabled: { not_match: more.length === 0 ? only : { or_match: { rules } } } };
}
