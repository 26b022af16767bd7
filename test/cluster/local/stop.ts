import { rmdir } from 'node:fs/promises';
import { execa } from 'execa';
import { until } from '../polling.ts';
import { hostLink } from './addresses.ts';
import { removeCgroup } from './cgroups.ts';
import { podsCgroup } from './kubelet.ts';
import type { Layout } from './layout.ts';
import { readRecord } from './node-record.ts';
import { isAlive } from './process-identity.ts';
import { removeState } from './state-folder.ts';

/** How long the kernel may take to end some dozens of processes that were killed. */
const patience = 30_000;

/** Ends every process of the node, and with them its mounts, rules and interfaces. Its files stay. */
export async function stopNode(layout: Layout): Promise<void> {
  const record = await readRecord(layout.record);
  if (record && isAlive(record.namespaces)) process.kill(record.namespaces.pid, 'SIGKILL');
  const signal = AbortSignal.timeout(patience);
  await until(
    () => !record || ![record.namespaces, ...Object.values(record.components)].some(isAlive),
    signal,
  );
  // No process of a pod is left once its cgroup can be removed.
  await until(() => removeCgroup(podsCgroup), signal);
  // The kernel removes it with the network namespace, but at its leisure, and a new node may come at once.
  await execa('ip', ['link', 'delete', hostLink], { reject: false });
}

export async function removeNode(layout: Layout): Promise<void> {
  await stopNode(layout);
  await removeState(layout);
  // Another node's files may be in there; an empty folder is no loss.
  for (const path of Object.keys(layout.mountPoints)) await rmdir(path).catch(() => {});
}
