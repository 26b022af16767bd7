import type { Cluster } from './cluster.ts';
import { useCluster } from './fixture.ts';
import { installOutrider } from './outrider.ts';

let installed: Promise<void> | undefined;

/** {@link useCluster}, with Outrider installed once for the whole run. */
export function useOutrider(): () => Cluster {
  const cluster = useCluster();
  before(async function () {
    this.timeout(5 * 60_000);
    installed ??= installOutrider(cluster());
    await installed;
  });
  return cluster;
}
