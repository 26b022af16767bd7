import type { Cluster } from './cluster.ts';
import { kubectl } from './kubectl.ts';

type ClusterName = 'PassthroughCluster' | 'InboundPassthroughCluster' | 'BlackHoleCluster';

/** Connections that a pod's Envoy has sent to each cluster so far; for the black hole, those it refused. */
export type Counters = Readonly<Record<ClusterName, number>>;

/** Reads the counters where Prometheus would: the pod's port 15090. */
export async function readCounters(cluster: Cluster, namespace: string, pod: string): Promise<Counters> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}:15090/proxy/stats/prometheus`;
  const metrics = await kubectl(cluster, ['get', '--raw', path]);
  const value = (metric: string, name: ClusterName): number => {
    const label = `${metric}{envoy_cluster_name="${name}"} `;
    const line = metrics.split('\n').find((one) => one.startsWith(label));
    if (line === undefined) throw new Error(`Envoy has no ${label}`);
    return Number(line.slice(label.length));
  };
  return {
    PassthroughCluster: value('envoy_cluster_upstream_cx_total', 'PassthroughCluster'),
    InboundPassthroughCluster: value('envoy_cluster_upstream_cx_total', 'InboundPassthroughCluster'),
    BlackHoleCluster: value('envoy_cluster_upstream_cx_none_healthy', 'BlackHoleCluster'),
  };
}

/** How far the counters of `pod` moved while `action` ran. */
export async function countersMovedBy(
  cluster: Cluster,
  namespace: string,
  pod: string,
  action: () => Promise<unknown>,
): Promise<Counters> {
  const before = await readCounters(cluster, namespace, pod);
  await action();
  const after = await readCounters(cluster, namespace, pod);
  return {
    PassthroughCluster: after.PassthroughCluster - before.PassthroughCluster,
    InboundPassthroughCluster: after.InboundPassthroughCluster - before.InboundPassthroughCluster,
    BlackHoleCluster: after.BlackHoleCluster - before.BlackHoleCluster,
  };
}
