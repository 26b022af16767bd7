import type { Family } from '../../settings/cidr.ts';
import { metricsPath, metricsPort, readinessPath, readinessPort } from '../../settings/names.ts';
import type { Port } from '../../settings/port.ts';
import { adminCluster } from '../clusters/admin.ts';
import type { Listener } from '../resource.ts';
import { renderHttpListener } from './http.ts';

/**
 * A listener that lets exactly one path of the admin interface through, by GET: the rest of that interface stops the
 * proxy, or shows its configuration.
 */
function renderAdminPathListener(
  name: string,
  families: readonly Family[],
  port: Port,
  path: string,
  adminPath: string,
): Listener {
  const get = { name: ':method', string_match: { exact: 'GET' } };
  const route = {
    match: { path, headers: [get] },
    route: { cluster: adminCluster, prefix_rewrite: adminPath },
  };
  return renderHttpListener({ name, families, port, filters: [], routes: [route] });
}

/** Answers the kubelet's readiness probe, and `outrider-init` while it waits for the proxy. */
export function renderReadiness(families: readonly Family[]): Listener {
  return renderAdminPathListener('readiness', families, readinessPort, readinessPath, '/ready');
}

/** Answers Prometheus. */
export function renderMetrics(families: readonly Family[]): Listener {
  return renderAdminPathListener('metrics', families, metricsPort, metricsPath, '/stats/prometheus');
}
