import { ClusterError } from './cluster-error.ts';
import { lowerKind, raiseKind } from './kind/kind.ts';
import { lowerNode, raiseNode } from './local/node.ts';

/** The address families that pods and services of a cluster have. */
export type Families = 'ipv4' | 'dual';

/** A running cluster, whoever provides it. */
export interface Cluster {
  readonly provider: 'local' | 'kind';
  readonly families: Families;
  /** Path of a kubeconfig with an administrator's credentials. */
  readonly kubeconfig: string;
  /** Path of a kubectl that fits the cluster. */
  readonly kubectl: string;
  /** The IPv4 address under which pods and the API server reach a server on this machine. */
  readonly hostAddress: string;
  /** Whether this machine has routes to pods. */
  readonly reachesPods: boolean;
  /** False where the cluster was up before; who found it running should leave it running. */
  readonly raisedHere: boolean;
  /** Sees to it that pods find the images of Outrider as it is built, of its proxy and of the tests. */
  loadImages(): Promise<void>;
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
  return await chooseProvider(process.env.CLUSTER).raise();
}

/** Removes the cluster that CLUSTER asks for; does nothing when there is none. */
export async function lowerCluster(): Promise<void> {
  await chooseProvider(process.env.CLUSTER).lower();
}

/** The local node is what the tests are written and run on; kind is there for those who cannot have it. */
function chooseProvider(requested = ''): Provider {
  switch (requested) {
    case 'local':
    case 'kind':
      return providers[requested];
    case '':
      return providers[process.platform === 'linux' && process.getuid?.() === 0 ? 'local' : 'kind'];
    default:
      throw new ClusterError('unsupported', `CLUSTER is '${requested}', expected 'local' or 'kind'`);
  }
}
