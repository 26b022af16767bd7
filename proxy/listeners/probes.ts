import type { Family } from '../../settings/cidr.ts';
import { probePort } from '../../settings/names.ts';
import { probeCluster, probePath, type TcpProbe } from '../probe.ts';
import { type Listener, typed } from '../resource.ts';
import { renderHttpListener } from './http.ts';

/** Answers each probe at its path by the state of its cluster, without a call to anything: 200, or 503. */
export function renderProbes(families: readonly Family[], probes: readonly TcpProbe[]): Listener {
  return renderHttpListener({
    name: 'probes',
    families,
    port: probePort,
    filters: probes.map((probe, index) => ({
      name: 'envoy.filters.http.health_check',
      typed_config: typed('envoy.extensions.filters.http.health_check.v3.HealthCheck', {
        pass_through_mode: false,
        headers: [{ name: ':path', string_match: { exact: probePath(index) } }],
        cluster_min_healthy_percentages: { [probeCluster(index, probe)]: { value: 100 } },
      }),
    })),
    routes: [],
  });
}
