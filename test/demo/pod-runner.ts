import { setTimeout } from 'node:timers/promises';
import type { Host } from '../net/host.ts';
import type { Program } from '../net/program.ts';
import { type ContainerSpec, type PodSpec, type Process, toProcess } from './container-process.ts';
import { findImage, type Image } from './images.ts';

/** How a container is doing. */
export interface ContainerState {
  readonly name: string;
  readonly kind: 'sidecar' | 'init' | 'app';
  readonly state: string;
  readonly ready: boolean;
}

/** Stands in for the kubelet, which no machine without a cluster has: it starts what the pod's manifest says. */
export interface RunningPod {
  readonly pid: (container: string) => number;
  /** Asks the readiness probes once, from outside the pod as the kubelet does. */
  probe(): Promise<ContainerState[]>;
}

/**
 * Starts the pod's containers as processes in the namespace of `host`, in the order of the kubelet: each init
 * container to its end, sidecars (`restartPolicy: Always`) without waiting, then the containers. Users,
 * capabilities, variables and volumes are the manifest's; the root filesystem is this machine's.
 */
export async function runPod(admitted: PodSpec, host: Host, node: Host): Promise<RunningPod> {
  const pod: PodSpec = { ...admitted, status: { podIP: host.addresses.ipv4 } };
  const running = new Map<ContainerSpec, Program>();
  const ended = new Map<ContainerSpec, number>();
  for (const container of pod.spec.initContainers ?? []) {
    const args = containerCommand(pod, container);
    if (container.restartPolicy === 'Always') {
      running.set(container, host.spawn('sh', args));
      continue;
    }
    const { exitCode, stderr } = await host.exec('sh', args);
    if (exitCode !== 0) throw new Error(`${container.name} ended with ${exitCode}: ${stderr}`);
    ended.set(container, exitCode);
  }
  for (const container of pod.spec.containers)
    running.set(container, host.spawn('sh', containerCommand(pod, container)));

  const probe = async (container: ContainerSpec): Promise<boolean> => {
    const get = container.readinessProbe?.httpGet;
    if (get === undefined) return true;
    const url = `http://${host.addresses.ipv4}:${get.port}${get.path}`;
    return (await node.exec('curl', ['--silent', '--fail', url])).exitCode === 0;
  };
  return {
    pid: (name) => [...running].find(([container]) => container.name === name)?.[1].pid ?? 0,
    async probe() {
      const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
      return await Promise.all(
        all.map(async (container) => ({
          name: container.name,
          kind: kindOf(pod, container),
          state: running.has(container) ? 'running' : `ended, exit code ${ended.get(container)}`,
          ready: running.has(container) && (await probe(container)),
        })),
      );
    },
  };
}

function kindOf(pod: PodSpec, container: ContainerSpec): ContainerState['kind'] {
  if (pod.spec.containers.includes(container)) return 'app';
  return container.restartPolicy === 'Always' ? 'sidecar' : 'init';
}

function containerCommand(pod: PodSpec, container: ContainerSpec): string[] {
  const image = findImage(container.image);
  return shellCommand(toProcess(pod, container, image.entrypoint), image);
}

/** `ip netns exec` gives each process mounts of its own, so these are seen by this container alone. */
function shellCommand(
  { argv, env, uid, gid, capabilities, mounts }: Process,
  { folder, mountPath }: Image,
): string[] {
  const bounding = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
  const script = [
    'set -e',
    'mount -t tmpfs tmpfs /run',
    ...mounts.map((path) => `mkdir -p '${path}' && mount -t tmpfs -o size=1m,mode=1777 tmpfs '${path}'`),
    `mount --bind '${folder}' '${mountPath}'`,
    'exec "$@"',
  ].join('\n');
  const user = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--no-new-privs',
    `--bounding-set=${bounding}`,
  ];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [
    '-c',
    script,
    '--',
    'setpriv',
    ...user,
    'env',
    '-i',
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    ...variables,
    ...argv,
  ];
}

/** Settles with the states once all containers that should run are ready. */
export async function waitUntilReady(pod: RunningPod, milliseconds: number): Promise<ContainerState[]> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const states = await pod.probe();
    if (states.every(({ kind, ready }) => kind === 'init' || ready)) return states;
    if (Date.now() > deadline) throw new Error(`not ready: ${JSON.stringify(states)}`);
    await setTimeout(100);
  }
}
