import { raiseCluster } from './cluster.ts';

// Raises the cluster and leaves it up. Stdout holds one line, so that a shell can say
//   export KUBECONFIG="$(node test/cluster/up.ts)"
const { kubeconfig } = await raiseCluster();
console.log(kubeconfig);
