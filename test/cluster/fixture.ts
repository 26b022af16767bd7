import { type Cluster, raiseCluster } from './cluster.ts';
import { kubectl } from './kubectl.ts';

/** A first start on a fresh machine builds Kubernetes. */
const patienceForFirstStart = 30 * 60_000;
const patience = 60_000;

let raised: Promise<Cluster> | undefined;

/**
 * Gives the suite that calls it the one cluster of the whole run, as a function for its tests. Nothing is raised
 * for runs in which no such suite takes part.
 */
export function useCluster(): () => Cluster {
  let cluster: Cluster | undefined;
  before(async function () {
    this.timeout(patienceForFirstStart);
    raised ??= raiseCluster();
    cluster = await raised;
  });
  return () => {
    if (!cluster) throw new Error('the cluster is there in hooks and tests only');
    return cluster;
  };
}

/**
 * Skips the suite that calls it where this machine has no routes to pods, and connections from here would not come to
 * one: with kind, whose pods are behind the network of Docker.
 */
export function needsRoutesToPods(cluster: () => Cluster): void {
  before(function () {
    if (!cluster().reachesPods) this.skip();
  });
}

/** Gives the suite that calls it a namespace of its own, gone with all that is in it after the suite. */
export function useNamespace(cluster: () => Cluster, name: string): void {
  before(async function () {
    this.timeout(patience);
    // An interrupted run may have left one behind.
    await kubectl(cluster(), [
      'delete',
      'namespace',
      name,
      '--ignore-not-found',
      '--force',
      '--grace-period=0',
    ]);
    await kubectl(cluster(), ['create', 'namespace', name]);
    // Without it the API server refuses pods.
    await kubectl(cluster(), ['wait', 'serviceaccount/default', '--for=create', '--timeout=30s', '-n', name]);
  });
  after(async function () {
    this.timeout(patience);
    await kubectl(cluster(), ['delete', 'namespace', name, '--wait=false']);
  });
}

// At the root, so after the last suite of all files.
after(async function () {
  this.timeout(patience);
  const cluster = await raised?.catch(() => undefined);
  if (cluster?.raisedHere && process.env.KEEP_CLUSTER !== '1') await cluster.stop();
});
