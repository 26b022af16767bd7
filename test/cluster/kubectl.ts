import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Cluster } from './cluster.ts';

export interface KubectlOptions {
  /** What stands on stdin, for `apply -f -`. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs kubectl as the administrator and returns what it printed; rejects, with what it said, when it fails. */
export async function kubectl(
  cluster: Pick<Cluster, 'kubectl' | 'kubeconfig'>,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<string> {
  return (await kubectlBoth(cluster, args, options)).stdout;
}

/** {@link kubectl} with stderr too, where it shows the warnings of the API server. */
export async function kubectlBoth(
  cluster: Pick<Cluster, 'kubectl' | 'kubeconfig'>,
  args: readonly string[],
  { input = '', signal }: KubectlOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  return await execa(cluster.kubectl, args, {
    input,
    env: {
      KUBECONFIG: cluster.kubeconfig,
      // Beside the kubeconfig, not in the user's home, so that it goes when the cluster goes.
      KUBECACHEDIR: join(dirname(cluster.kubeconfig), 'kubectl-cache'),
      // The cluster is on this machine, whatever the way to the rest of the world.
      NO_PROXY: '*',
    },
    ...(signal && { cancelSignal: signal }),
  });
}
