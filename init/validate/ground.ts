import type { Block } from '../../settings/block.ts';
import type { Family } from '../../settings/cidr.ts';
import type { Settings } from '../../settings/settings.ts';
import { rulesFor } from '../rules/rules.ts';
import { answer } from '../trace/answer.ts';
import { isLocalTo, sourceOf } from '../trace/host-addresses.ts';
import type { Connection } from '../trace/path.ts';
import { rulesetOf } from '../trace/ruleset.ts';
import type { PathName, Probe } from './probe.ts';
import type { Listening } from './socket-table.ts';
import { near, takesConnections } from './wire.ts';

/** What the probes are planned on: one family of a pod. */
export interface Ground {
  readonly family: Family;
  readonly settings: Settings;
  /** The pod's addresses, those that it is known by first. */
  readonly own: readonly Block[];
  /** The address of the wire's near end. */
  readonly wire: Block;
  /** A port on which the check itself listens. */
  readonly listener: number;
  readonly listening: Listening;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export const isLocalOn = ({ own, wire }: Ground): ((address: Block) => boolean) => isLocalTo([...own, wire]);

/** The address by which a peer knows the pod; the wire's where the pod has none of the family. */
export const podAddress = ({ own, wire, family }: Pick<Ground, 'own' | 'wire' | 'family'>): Block =>
  own.find((one) => one.family === family && !isLoopback(one) && takesConnections(one)) ?? wire;

const isLoopback = (address: Block): boolean => isLocalTo([])(address);

/** A connection that the pod makes: inside, or out by the wire. */
export function fromPod(
  ground: Ground,
  owner: Owner,
  destination: Block,
  port: number,
  source?: Block,
): Connection {
  const chosen = isLocalOn(ground)(destination)
    ? sourceOf(destination, [...ground.own, ground.wire])
    : ground.wire;
  return {
    protocol: 'tcp',
    source: source ?? chosen,
    destination,
    port,
    from: { kind: 'pod', ...owner, outInterface: near.name },
  };
}

/** A connection that comes to the pod by the wire. */
export const fromPeer = (ground: Ground, source: Block, port: number): Connection => ({
  protocol: 'tcp',
  source,
  destination: podAddress(ground),
  port,
  from: { kind: 'peer', inInterface: near.name, toPod: true },
});

/** The connection, and where the settings' own rules would take it. */
export function probe(ground: Ground, path: PathName, connection: Connection, setting?: string): Probe {
  const { family, settings } = ground;
  const ruleset = rulesetOf(rulesFor(settings, family));
  const { verdict } = answer(ruleset, connection, settings, isLocalOn(ground));
  // Rules of ours drop no first packet of TCP, and none of them is unknown.
  const expected = verdict === 'outbound' || verdict === 'inbound' ? verdict : 'direct';
  return { family, path, ...(setting !== undefined && { setting }), connection, expected };
}

/** An application of the pod: a user and group whom the settings do not name. Root, if they do not. */
export function application({
  settings: { proxyUids, proxyGids, excludeUids, excludeGids },
}: Pick<Ground, 'settings'>): Owner {
  const named = new Set<number>([...proxyUids, ...proxyGids, ...excludeUids, ...excludeGids]);
  const id = [0, 1000, 2000, 65534].find((one) => !named.has(one)) ?? 0;
  return { uid: id, gid: id };
}
