import type { Block } from '../../settings/block.ts';
import { ownPorts } from '../../settings/names.ts';
import type { PortRange } from '../../settings/port.ts';
import type { Selection } from '../../settings/result.ts';
import { capturedPeer } from './captured.ts';
import { fromPeer, type Ground, probe } from './ground.ts';
import { eachBlock, eachPort, type Planned } from './items.ts';

/** What a peer sends to the pod: one captured connection, one to each port of the proxy's, one for each item. */
export function inboundProbes(ground: Ground): readonly Planned[] {
  const { settings } = ground;
  const path = 'in';
  const peer = capturedPeer(ground);
  const at = (source: Block, port: number, setting?: string): Planned =>
    probe(ground, path, fromPeer(ground, source, port), setting);
  const ports = (key: string, selection: Selection<PortRange>): readonly Planned[] =>
    eachPort({ path, key, selection }, (port, setting) => at(peer.address, port, setting));
  const sources = { path, key: 'exclude-inbound-cidrs', selection: settings.excludeInboundCidrs } as const;
  return [
    at(peer.address, peer.port),
    ...ports('include-inbound-ports', settings.includeInboundPorts),
    ...ports('exclude-inbound-ports', settings.excludeInboundPorts),
    ...eachBlock(ground, sources, (source, setting) => at(source, peer.port, setting)),
    ...ownPorts.map((port) => at(peer.address, port)),
  ];
}
