import { execa } from 'execa';
import { ClusterError } from './cluster-error.ts';
import { lowerKind, raiseKind } from './kind.ts';
import { lowerNode, raiseNode } from './local/node.ts';

/** The address families that pods and services of a cluster have. */
export type Families = 'ipv4' | 'dual';

/** A running cluster, whoever provides it. */
export interface Cluster {
  readonly provider: 'local' | 'kind';
  readonly families: Families;
  /** Path of a kubeconfig with an administrator's credentials. */
  readonly kubeconfig: string;
  /** Path, or name on PATH, of a kubectl that fits the cluster. */
  readonly kubectl: string;
  /** The IPv4 address under which pods and the API server reach a server on this machine. */
  readonly hostAddress: string;
  /** False where the cluster was up before; who found it running should leave it running. */
  readonly raisedHere: boolean;
  /** Loads a docker-archive; pods then find the image under the name in the archive. */
  loadImage(archive: string): Promise<void>;
  /** Removes the cluster and everything that it left on this machine. */
  stop(): Promise<void>;
}

interface Provider {
  raise(): Promise<Cluster>;
  lower(): Promise<void>;
}

const providers = {
  kind: { raise: raiseKind, lower: lowerKind },
  local: { raise: raiseNode, lower: lowerNode },
} as const satisfies Record<string, Provider>;

/** Raises the cluster that CLUSTER asks for, or returns it when it is up. */
export async function raiseCluster(): Promise<Cluster> {
  return (await chooseProvider(process.env.CLUSTER)).raise();
}

/** Removes the cluster that CLUSTER asks for; does nothing when there is none. */
export async function lowerCluster(): Promise<void> {
  await (await chooseProvider(process.env.CLUSTER)).lower();
}

async function chooseProvider(requested = ''): Promise<Provider> {
  switch (requested) {
    case 'local':
      return providers.local;
    case 'kind':
      if (await kindIsUsable()) return providers.kind;
      throw new ClusterError(
        'unsupported',
        "CLUSTER is 'kind': expected kind on PATH and a Docker engine, or CLUSTER=local",
      );
    case '':
      return (await kindIsUsable()) ? providers.kind : providers.local;
    default:
      throw new ClusterError('unsupported', `CLUSTER is '${requested}', expected 'local' or 'kind'`);
  }
}

/** kind needs its own program and a Docker engine that answers, not just Docker's client. */
async function kindIsUsable(): Promise<boolean> {
  const probes = await Promise.all([
    execa('kind', ['version'], { reject: false }),
    execa('docker', ['info'], { reject: false }),
  ]);
  return probes.every((probe) => !probe.failed);
}
