import type { Family } from '../../settings/cidr.ts';
import { metricsPath, metricsPort, readinessPath, readinessPort } from '../../settings/names.ts';
import type { Port } from '../../settings/port.ts';
import { listenerAddresses } from '../address.ts';
import { adminCluster } from '../clusters/admin.ts';
import { type Resource, typed } from '../resource.ts';

/**
 * A listener that lets exactly one path of the admin interface through, by GET, and answers 404 to all else: the
 * rest of that interface stops the proxy, or shows its configuration.
 */
function renderAdminPathListener(
  name: string,
  families: readonly Family[],
  port: Port,
  path: string,
  adminPath: string,
): Resource {
  const get = { name: ':method', string_match: { exact: 'GET' } };
  const virtualHost = {
    name,
    domains: ['*'],
    routes: [
      { match: { path, headers: [get] }, route: { cluster: adminCluster, prefix_rewrite: adminPath } },
      { match: { prefix: '/' }, direct_response: { status: 404 } },
    ],
  };
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: typed('envoy.extensions.filters.http.router.v3.Router'),
  };
  return {
    name,
    ...listenerAddresses(families, port),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: typed(
              'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              { stat_prefix: name, route_config: { virtual_hosts: [virtualHost] }, http_filters: [router] },
            ),
          },
        ],
      },
    ],
  };
}

/** Answers the kubelet's readiness probe, and `outrider-init` while it waits for the proxy. */
export function renderReadiness(families: readonly Family[]): Resource {
  return renderAdminPathListener('readiness', families, readinessPort, readinessPath, '/ready');
}

/** Answers Prometheus. */
export function renderMetrics(families: readonly Family[]): Resource {
  return renderAdminPathListener('metrics', families, metricsPort, metricsPath, '/stats/prometheus');
}
