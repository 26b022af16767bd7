import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Families } from '../cluster.ts';
import { createCgroup } from './cgroups.ts';
import { podsCgroup } from './kubelet.ts';
import type { Layout } from './layout.ts';
import { renderFirstProcess } from './mounts.ts';
import { createNamespaces, runWithin } from './namespaces.ts';
import { networkSwitches, renderHostLinks, renderNodeLinks } from './network.ts';
import { writeRecord } from './node-record.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Draws the line around the node: its namespaces, the cable to this machine, the cgroup of its pods. */
export async function createBoundary(layout: Layout, families: Families): Promise<ProcessIdentity> {
  for (const path of Object.keys(layout.mountPoints)) await mkdir(path, { recursive: true });
  const namespaces = await createNamespaces(renderFirstProcess(layout), join(layout.logs, 'namespaces.log'));
  // Before anything else can fail, since without it nobody could end the namespaces.
  await writeRecord(layout.record, { families, namespaces, components: {} });

  await createCgroup(podsCgroup);
  await execa('ip', ['-batch', '-'], { input: renderHostLinks(families, namespaces.pid) });
  await runWithin(namespaces, ['ip', '-batch', '-'], renderNodeLinks(families));
  for (const path of networkSwitches(families)) {
    await runWithin(namespaces, ['tee', `/proc/sys/net/${path}`], '1');
  }
  return namespaces;
}
