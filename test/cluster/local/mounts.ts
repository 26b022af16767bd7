import type { Layout } from './layout.ts';

/**
 * What the kubelet writes below /proc/sys when it starts, and gives up over if it cannot. These belong to the
 * whole machine, so the node finds plain files in their place that already hold the wanted values.
 */
const kernelTunables = {
  'vm/overcommit_memory': 1,
  'vm/panic_on_oom': 0,
  'kernel/panic': 10,
  'kernel/panic_on_oops': 1,
  'kernel/keys/root_maxkeys': 1_000_000,
  'kernel/keys/root_maxbytes': 25_000_000,
};

/** The first process of the node: arranges its mounts, says so, and stays. A POSIX shell script. */
export function renderFirstProcess(layout: Layout): string {
  const tunables = Object.entries(kernelTunables).flatMap(([name, value], index) => [
    `echo ${value} > /run/tunable-${index}`,
    `mount --bind /run/tunable-${index} /proc/sys/${name}`,
  ]);
  return [
    'set -e',
    // Volumes with HostToContainer propagation need a shared root. Shared among the node's own mounts, that is:
    // the namespace was made private before, so nothing gets out.
    'mount --make-rshared /',
    // Fixed paths: /run/netns, /run/containerd/s, /run/xtables.lock, /var/log/containers.
    'mount -t tmpfs -o mode=755 tmpfs /run',
    'mount -t tmpfs -o mode=755 tmpfs /var/log',
    ...Object.entries(layout.mountPoints).map(([path, folder]) => `mount --bind '${folder}' '${path}'`),
    ...tunables,
    'echo ready',
    // A shell that waits also reaps, and the containers' shims become orphans on purpose.
    'sleep infinity & wait',
  ].join('\n');
}
