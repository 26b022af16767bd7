import { briefBehind } from '../own-listeners.ts';
import type { Cluster } from '../resource.ts';

export const adminCluster = 'admin';

/** Envoy's admin interface behind its Unix socket, for the two paths that are let through to it. */
export function renderAdminCluster(path: string): Cluster {
  const endpoint = { address: { pipe: { path } } };
  return {
    name: adminCluster,
    type: 'STATIC',
    connect_timeout: '1s',
    ...briefBehind,
    load_assignment: { cluster_name: adminCluster, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  };
}
