import { join } from 'node:path';
import { execa } from 'execa';
import manifest from '../../package.json' with { type: 'json' };
import type { Cluster } from './cluster.ts';
import { buildBaseImage, buildBusyboxImage, buildEnvoyImage, buildImage } from './images.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';

const root = join(import.meta.dirname, '../..');
/** The name under which the manifests know it. */
export const outriderImage = `outrider:${manifest.version}`;

const deployments = ['deployment/outrider-certificates', 'deployment/outrider-webhook'];

/** Loads the images and installs the manifests, as a user would; settles when all of it is ready. */
export async function installOutrider(cluster: Cluster): Promise<void> {
  await (cluster.provider === 'kind' ? loadIntoKind() : loadIntoNode(cluster));
  const installed = ['-n', 'outrider-system', ...deployments];
  const found = await kubectl(cluster, ['get', '--ignore-not-found', '-o', 'name', ...installed]);
  await kubectl(cluster, ['apply', '-k', join(root, 'manifests')]);
  // In a cluster that was kept, pods of an older build run under the same name of the image.
  if (found !== '') await kubectl(cluster, ['rollout', 'restart', ...installed]);
  await waitForWebhook(cluster);
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

/** The project's own Dockerfile, on a base made of Debian's packages, since no registry of images is at hand. */
async function loadIntoNode(cluster: Cluster): Promise<void> {
  const { stdout: architecture } = await execa('dpkg', ['--print-architecture']);
  const outrider = await buildImage({
    tag: `docker.io/library/${outriderImage}`,
    dockerfile: join(root, 'Dockerfile'),
    context: root,
    inputs: [`dist/linux-${architecture}`],
    buildArgs: { BASE: await buildBaseImage(), TARGETARCH: architecture },
  });
  for (const archive of [outrider, await buildEnvoyImage(), await buildBusyboxImage()])
    await cluster.loadImage(archive);
}

/** With Docker the image is built by it, and kind's node pulls all the others by itself. */
async function loadIntoKind(): Promise<void> {
  await execa('docker', ['build', '--tag', outriderImage, root]);
  await execa('kind', ['load', 'docker-image', outriderImage, '--name', 'outrider']);
}
