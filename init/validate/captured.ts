import type { PortRange } from '../../settings/port.ts';
import type { Selection } from '../../settings/result.ts';
import type { Endpoint } from '../trace/flags.ts';
import { application, fromPeer, fromPod, type Ground, probe } from './ground.ts';
import { farAddress, farAddresses } from './wire.ts';

/**
 * A place outside that the settings capture; any place where they capture none. The proxy's own port is preferred: the
 * proxy closes a connection to it, and dials nobody for it (docs/adr/0004).
 */
export function capturedTarget(ground: Ground): Endpoint {
  const { includeOutboundPorts, outboundPort } = ground.settings;
  const ports = [outboundPort, 80, 443, 8080, ...firstPorts(includeOutboundPorts)];
  const targets = places(ground, ports);
  const isCaptured = ({ address, port }: Endpoint): boolean =>
    probe(ground, 'out', fromPod(ground, application(ground), address, port)).expected === 'outbound';
  return targets.find(isCaptured) ?? { address: farAddress(ground.family), port: outboundPort };
}

/**
 * A peer's address, and a port of the pod, between which the settings capture; any where they capture none. A port on
 * which nobody listens is preferred: with TPROXY another would not tell who took the connection.
 */
export function capturedPeer(ground: Ground): Endpoint {
  const ports = [80, 8080, 40_000, ...firstPorts(ground.settings.includeInboundPorts)];
  const captured = places(ground, ports).filter(
    ({ address, port }) => probe(ground, 'in', fromPeer(ground, address, port)).expected === 'inbound',
  );
  const free = captured.find(({ port }) => !ground.listening.possible.has(port));
  return free ?? captured[0] ?? { address: farAddress(ground.family), port: 80 };
}

const places = ({ family }: Ground, ports: readonly number[]): readonly Endpoint[] =>
  ports.flatMap((port) => farAddresses(family).map((address) => ({ address, port })));

const firstPorts = (selection: Selection<PortRange>): readonly number[] =>
  selection.kind === 'list' ? selection.items.map(({ first }) => first) : [];
