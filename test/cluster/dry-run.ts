import { ExecaError } from 'execa';
import type { Cluster } from './cluster.ts';
import { kubectl } from './kubectl.ts';

// biome-ignore lint/suspicious/noExplicitAny: a pod as the API server gives it back.
export type CreatedPod = any;

/** What the API server says of the CREATE of a pod that is not kept (server-side dry run): the pod, or the refusal. */
export async function dryRunCreate(
  cluster: Cluster,
  namespace: string,
  pod: object,
): Promise<{ readonly pod?: CreatedPod; readonly refusal?: string }> {
  const create = ['-n', namespace, 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
  try {
    return { pod: JSON.parse(await kubectl(cluster, create, { input: JSON.stringify(pod) })) };
  } catch (error) {
    if (error instanceof ExecaError) return { refusal: String(error.stderr) };
    throw error;
  }
}
