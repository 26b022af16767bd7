import { raiseCluster } from './cluster.ts';
import { ClusterError } from './cluster-error.ts';

// Raises the cluster and leaves it up. Stdout holds one line, so that a shell can say
//   export KUBECONFIG="$(node test/cluster/up.ts)"
try {
  const { kubeconfig } = await raiseCluster();
  console.log(kubeconfig);
} catch (error) {
  if (!(error instanceof ClusterError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
