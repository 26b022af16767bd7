import type { Block } from '../../settings/block.ts';
import { capturedTarget } from './captured.ts';
import { application, fromPod, type Ground, type Owner, podAddress, probe } from './ground.ts';
import type { PathName, Probe } from './probe.ts';
import { localhost, passthrough } from './wire.ts';

/**
 * What is decided by who sends it, and on the loopback interface. Every one of the proxy's owners is tried: one must not
 * exempt another.
 */
export function ownerProbes(ground: Ground): readonly Probe[] {
  const { family, listener } = ground;
  const [app, own, target] = [application(ground), podAddress(ground), capturedTarget(ground)];
  const inside = (path: PathName, owner: Owner, to: Block, setting?: string, source?: Block): Probe =>
    probe(ground, path, fromPod(ground, owner, to, listener, source), setting);
  const outside = (path: PathName, owner: Owner, setting: string): Probe =>
    probe(ground, path, fromPod(ground, owner, target.address, target.port), setting);
  const { proxyUids, proxyGids, excludeUids, excludeGids } = ground.settings;
  const named = (key: string, field: keyof Owner, ids: readonly number[]) =>
    ids.map((id) => ({ owner: { ...app, [field]: id }, setting: `${key} ${id}` }));
  const proxies = [...named('proxy-uid', 'uid', proxyUids), ...named('proxy-gid', 'gid', proxyGids)];
  const others = [...named('exclude-uids', 'uid', excludeUids), ...named('exclude-gids', 'gid', excludeGids)];
  return [
    inside('localhost', app, localhost(family)),
    inside('own-address', app, own),
    inside('passthrough', app, own, undefined, passthrough(family)),
    ...proxies.flatMap(({ owner, setting }) => [
      inside('passthrough', owner, own, setting, passthrough(family)),
      inside('self-call', owner, own, setting),
      outside('proxy-out', owner, setting),
    ]),
    ...others.map(({ owner, setting }) => outside('excluded-owner', owner, setting)),
  ];
}
