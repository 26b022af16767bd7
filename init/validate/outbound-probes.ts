import type { Block } from '../../settings/block.ts';
import type { Cidr } from '../../settings/cidr.ts';
import type { PortRange } from '../../settings/port.ts';
import type { Selection } from '../../settings/result.ts';
import { capturedTarget } from './captured.ts';
import { application, fromPod, type Ground, probe } from './ground.ts';
import { eachBlock, eachPort, type Planned } from './items.ts';
import { farAddress } from './wire.ts';

/** What an application sends out: one captured connection, and one for each item of the lists. */
export function outboundProbes(ground: Ground): readonly Planned[] {
  const { settings } = ground;
  const path = 'out';
  const target = capturedTarget(ground);
  const at = (address: Block, port: number, setting?: string): Planned =>
    probe(ground, path, fromPod(ground, application(ground), address, port), setting);
  const blocks = (key: string, selection: Selection<Cidr>, port: number): readonly Planned[] =>
    eachBlock(ground, { path, key, selection }, (address, setting) => at(address, port, setting));
  const ports = (key: string, selection: Selection<PortRange>, address: Block): readonly Planned[] =>
    eachPort({ path, key, selection }, (port, setting) => at(address, port, setting));
  // What one list includes, the other should not; and what is excluded should be included otherwise.
  const outsider = farAddress(ground.family);
  return [
    at(target.address, target.port),
    ...blocks('include-outbound-cidrs', settings.includeOutboundCidrs, settings.outboundPort),
    ...ports('include-outbound-ports', settings.includeOutboundPorts, outsider),
    ...blocks('exclude-outbound-cidrs', settings.excludeOutboundCidrs, target.port),
    ...ports('exclude-outbound-ports', settings.excludeOutboundPorts, target.address),
  ];
}
