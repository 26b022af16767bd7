import { networkInterfaces } from 'node:os';
import type { Block } from '../../settings/block.ts';
import type { Family } from '../../settings/cidr.ts';
import type { Settings } from '../../settings/settings.ts';
import { hostAddresses, isLocalTo } from '../trace/host-addresses.ts';
import { type Ground, podAddress } from './ground.ts';
import { judge } from './judge.ts';
import { planProbes } from './plan.ts';
import type { Probe, Proof, Unprovable } from './probe.ts';
import { listeningAt } from './socket-table.ts';
import type { Stage } from './stage.ts';
import { nearAddress } from './wire.ts';

const nobody = { certain: new Set<number>(), possible: new Set<number>() };

/** Proves by real connections inside this network namespace that the kernel does what the settings say. */
export async function validate(settings: Settings, families: readonly Family[]): Promise<readonly Proof[]> {
  // The wire's own addresses are not there yet: they are not the pod's.
  const own = hostAddresses(networkInterfaces());
  const ground = (family: Family): Ground => ({
    ...{ family, settings, own, wire: nearAddress(family), listener: 0, listening: nobody },
  });
  const { openStage } = await import('./stage.ts');
  const stage = openStage(families, settings);
  try {
    return families.flatMap((family) => proveFamily(stage, ground(family)));
  } finally {
    stage.close();
  }
}

function proveFamily(stage: Stage, empty: Ground): readonly Proof[] {
  const listening = listeningAt(stage.sockets(), podAddress(empty));
  const { settings } = empty;
  const ground = { ...empty, listening, listener: stage.listenerPort(empty.family) ?? 0 };
  const isLocal = isLocalTo([...ground.own, ground.wire]);
  const planned = planProbes(ground);
  stage.route(
    ground.family,
    planned.flatMap((one) => ('reason' in one ? [] : outsideOf(one, isLocal))),
  );
  return planned.map((one) =>
    'reason' in one
      ? unproven(one)
      : judge(one, stage.observe(one, isLocal), { settings, listening, isLocal }),
  );
}

/** The addresses outside the pod that a connection is between. */
function outsideOf({ connection }: Probe, isLocal: (address: Block) => boolean): readonly Block[] {
  const { source, destination } = connection;
  return [source, destination].filter((one) => one !== undefined).filter((one) => !isLocal(one));
}

const unproven = (one: Unprovable): Proof => ({ ...one, outcome: 'unprovable' });
