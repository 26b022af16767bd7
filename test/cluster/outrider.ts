import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';

export { outriderImage } from './images.ts';

const root = join(import.meta.dirname, '../..');
const deployments = ['deployment/outrider-certificates', 'deployment/outrider-webhook'];

/** Loads the images and installs the manifests, as a user would; settles when all of it is ready. */
export async function installOutrider(cluster: Cluster): Promise<void> {
  await cluster.loadImages();
  const installed = ['-n', 'outrider-system', ...deployments];
  const found = await kubectl(cluster, ['get', '--ignore-not-found', '-o', 'name', ...installed]);
  await kubectl(cluster, ['apply', '-k', join(root, 'manifests')]);
  // In a cluster that was kept, pods of an older build run under the same name of the image.
  if (found !== '') await kubectl(cluster, ['rollout', 'restart', ...installed]);
  await waitForWebhook(cluster);
}

/** Settles when no pod of the webhook is left, after who has scaled it to none. */
export async function waitForNoWebhook(cluster: Cluster): Promise<void> {
  const pods = ['pod', '-l', 'app.kubernetes.io/component=webhook'];
  await kubectl(cluster, ['-n', 'outrider-system', 'wait', '--for=delete', '--timeout=60s', ...pods]);
}

/** Settles when the replicas of before a rollout are gone: they answer for some seconds more than it takes. */
export async function waitForOldReplicas(cluster: Cluster): Promise<void> {
  const pods = ['get', 'pods', '-l', 'app.kubernetes.io/component=webhook', '-o', 'json'];
  const ending = async (): Promise<boolean> =>
    JSON.parse(await kubectl(cluster, ['-n', 'outrider-system', ...pods])).items.some(
      ({ metadata }: { metadata: { deletionTimestamp?: string } }) => metadata.deletionTimestamp,
    );
  await until(async () => !(await ending()), AbortSignal.timeout(60_000));
}

/**
 * Settles when everything is ready and the API server reaches them: kube-proxy learns of a new endpoint a moment
 * after the Deployment counts it as ready.
 */
export async function waitForWebhook(cluster: Cluster): Promise<void> {
  for (const deployment of deployments) {
    await kubectl(cluster, ['-n', 'outrider-system', 'rollout', 'status', '--timeout=120s', deployment]);
  }
  const pod = podManifest({ name: 'reach', labels: { 'outrider.io/inject': 'true' } });
  const dryRun = ['-n', 'default', 'create', '--dry-run=server', '-f', '-'];
  const isReached = (): Promise<boolean> =>
    kubectl(cluster, dryRun, { input: JSON.stringify(pod) }).then(
      () => true,
      () => false,
    );
  await until(isReached, AbortSignal.timeout(20_000));
}
