import type { Cluster } from '../resource.ts';

export const blackHoleCluster = 'BlackHoleCluster';

/** A cluster without endpoints: what is sent there is closed at once, and counted. */
export function renderBlackHoleCluster(): Cluster {
  return { name: blackHoleCluster, type: 'STATIC', connect_timeout: '1s' };
}
