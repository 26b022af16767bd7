import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cluster, Families } from '../cluster.ts';
import { ClusterError } from '../cluster-error.ts';
import { buildBusyboxImage, buildEnvoyImage, buildOutriderImage } from '../images.ts';
import { whileLocked } from '../lock.ts';
import { host } from './addresses.ts';
import { importImage } from './image-import.ts';
import { layoutOf } from './layout.ts';
import { readRecord } from './node-record.ts';
import { findPrograms, kubectlPath, type Programs } from './programs.ts';
import { isHealthy } from './readiness.ts';
import { startNode } from './start.ts';
import { removeNode, stopNode } from './stop.ts';

/**
 * Fixed, since the node's addresses on this machine are fixed too: there is one node or none. Not in /run, which
 * is a small tmpfs on many machines and is covered by another inside the node.
 */
export const layout = layoutOf('/var/lib/outrider-cluster');

/** Raises the node, or finds it up; what is left of a dead one is removed first. */
export async function raiseNode(): Promise<Cluster> {
  assertRoot();
  const programs = await findPrograms();
  const pauseImage = await buildBusyboxImage();
  return whileLocked(dirname(layout.state), async () => {
    const record = await readRecord(layout.record);
    if (record && (await isHealthy(layout, programs, record)))
      return clusterOf(programs, record.families, false);

    await removeNode(layout);
    const families = await familiesOfKernel();
    try {
      await startNode({ layout, programs, families, pauseImage });
    } catch (error) {
      // The logs stay, for whoever has to find out why; the next `up` or `down` removes them.
      await stopNode(layout);
      throw error;
    }
    return clusterOf(programs, families, true);
  });
}

/** Stops the node and removes everything of it; does nothing where there is none. */
export async function lowerNode(): Promise<void> {
  assertRoot();
  await whileLocked(dirname(layout.state), () => removeNode(layout));
}

function clusterOf(programs: Programs, families: Families, raisedHere: boolean): Cluster {
  return {
    provider: 'local',
    families,
    kubeconfig: layout.kubeconfig,
    kubectl: kubectlPath(programs),
    hostAddress: host.ipv4,
    raisedHere,
    reachesPods: true,
    async loadImages() {
      for (const archive of [await buildOutriderImage(), await buildEnvoyImage(), await buildBusyboxImage()])
        await importImage(layout, archive);
    },
    stop: lowerNode,
  };
}

function assertRoot(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new ClusterError(
      'unsupported',
      'the local cluster needs Linux and root; CLUSTER=kind needs Docker instead',
    );
  }
}

/** A kernel started with ipv6.disable=1 lacks the file. */
async function familiesOfKernel(): Promise<Families> {
  return access('/proc/net/if_inet6').then(
    () => 'dual',
    () => 'ipv4',
  );
}
