import type { Cluster } from './cluster.ts';
import { busyboxImageName } from './images.ts';
import { kubectl } from './kubectl.ts';

/** What a test says of a pod; the rest is a container that sleeps. */
export interface PodInput {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  /** A shell script for the container `app`. */
  readonly script?: string;
}

export const busybox = { image: busyboxImageName, imagePullPolicy: 'IfNotPresent' } as const;

export function podManifest({
  name,
  namespace,
  labels,
  annotations,
  spec,
  script = 'exec sleep 1d',
}: PodInput): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name, ...labels }, annotations },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ ...busybox, name: 'app', command: ['sh', '-c', `trap exit TERM; ${script}`] }],
      ...spec,
    },
  };
}

export function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** Creates the pods and waits until all are Ready. */
export async function runPods(cluster: Cluster, namespace: string, pods: readonly PodInput[]): Promise<void> {
  await kubectl(cluster, ['-n', namespace, 'create', '-f', '-'], { input: listOf(pods.map(podManifest)) });
  const names = pods.map(({ name }) => `pod/${name}`);
  await kubectl(cluster, ['-n', namespace, 'wait', '--for=condition=Ready', '--timeout=90s', ...names]);
}

/** The column READY of `kubectl get pods`, by pod. */
export async function readyColumn(cluster: Cluster, namespace: string): Promise<Record<string, string>> {
  const table = await kubectl(cluster, ['-n', namespace, 'get', 'pods', '--no-headers']);
  return Object.fromEntries(
    table.split('\n').flatMap((line) => {
      const [name, ready] = line.split(/\s+/);
      return name && ready ? [[name, ready]] : [];
    }),
  );
}

/** Runs a shell script in the container `app`, as root, and returns what it printed. */
export async function inApp(
  cluster: Cluster,
  namespace: string,
  pod: string,
  script: string,
): Promise<string> {
  return await kubectl(cluster, ['-n', namespace, 'exec', pod, '-c', 'app', '--', 'sh', '-c', script]);
}

/** The pod's addresses, IPv4 first where it has both. */
export async function podAddresses(cluster: Cluster, namespace: string, pod: string): Promise<string[]> {
  const path = 'jsonpath={.status.podIPs[*].ip}';
  const addresses = await kubectl(cluster, ['-n', namespace, 'get', 'pod', pod, '-o', path]);
  return addresses.split(' ').sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')));
}
