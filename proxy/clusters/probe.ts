import type { Family } from '../../settings/cidr.ts';
import { passthroughBinding } from '../address.ts';
import { probeCluster, type TcpProbe } from '../probe.ts';
import type { Cluster } from '../resource.ts';

/**
 * One port of the application, to which Envoy connects as the kubelet would, and whose state it keeps for the next
 * time that the kubelet asks.
 *
 * An open port is asked in the probe's own period, a closed one each second, so that a pod becomes ready as soon as
 * it would have. Thresholds are 1, since the kubelet counts. Nothing else is sent to this cluster, so the intervals
 * that apply are those "without traffic"; `interval` is a field that Envoy requires.
 */
export function renderProbeCluster(probe: TcpProbe, index: number, families: readonly Family[]): Cluster {
  const { address, port, periodSeconds, timeoutSeconds } = probe;
  const name = probeCluster(index, probe);
  const endpoint = { address: { socket_address: { address, port_value: port } } };
  return {
    name,
    type: 'STATIC',
    connect_timeout: `${timeoutSeconds}s`,
    upstream_bind_config: passthroughBinding(families),
    health_checks: [
      {
        tcp_health_check: {},
        timeout: `${timeoutSeconds}s`,
        interval: `${periodSeconds}s`,
        no_traffic_interval: '1s',
        no_traffic_healthy_interval: `${periodSeconds}s`,
        healthy_threshold: 1,
        unhealthy_threshold: 1,
      },
    ],
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  };
}
