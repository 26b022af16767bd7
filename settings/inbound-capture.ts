import { ownPorts } from './names.ts';
import type { PortRange } from './port.ts';
import type { Selection } from './result.ts';
import type { Settings } from './settings.ts';

/** Whether a connection to `port` of the pod reaches the proxy in place of the application. */
export function isCapturedInbound(
  port: number,
  { includeInboundPorts, excludeInboundPorts }: Pick<Settings, 'includeInboundPorts' | 'excludeInboundPorts'>,
): boolean {
  return (
    selects(includeInboundPorts, port) &&
    !selects(excludeInboundPorts, port) &&
    !ownPorts.some((one) => one === port)
  );
}

const selects = (selection: Selection<PortRange>, port: number): boolean =>
  selection.kind === 'all' || selection.items.some(({ first, last }) => first <= port && port <= last);
