import { runEmbedded } from './embedded.ts';

/** `make demo`: without a cluster, unless CLUSTER names one (local or kind). */
if (process.env.CLUSTER) {
  const { runOnCluster } = await import('./on-cluster.ts');
  await runOnCluster();
} else {
  await runEmbedded();
}
