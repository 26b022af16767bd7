import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExecaError, execa } from 'execa';
import { cacheFolder } from '../cache.ts';
import type { Cluster } from '../cluster.ts';
import { ClusterError } from '../cluster-error.ts';
import { outriderImage } from '../images.ts';

const room = join(import.meta.dirname, '..');
const name = 'outrider';

const config = `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking:
  ipFamily: dual
`;

/**
 * The cluster where a Docker engine is at hand. Written from kind's documentation: the machine on which this
 * project grows has no Docker engine, so there the commands are looked at (`kind.test.ts`), and not run.
 */
export async function raiseKind(): Promise<Cluster> {
  await assertDocker();
  const kind = await findKind();
  const kubectl = join(await build('kubernetes', 'kubectl'), 'kubectl');
  const kubeconfig = kubeconfigPath();
  await mkdir(dirname(kubeconfig), { recursive: true });

  const inCluster = ['--name', name, '--kubeconfig', kubeconfig];
  const running = (await execa(kind, ['get', 'clusters'])).stdout.split('\n').includes(name);
  if (running) await execa(kind, ['export', 'kubeconfig', ...inCluster]);
  else {
    const create = ['create', 'cluster', ...inCluster, '--wait', '2m', '--config', '-'];
    await execa(kind, create, { input: config, stderr: 'inherit' });
  }

  return {
    provider: 'kind',
    families: 'dual',
    kubeconfig,
    kubectl,
    hostAddress: await gatewayOfDocker(),
    reachesPods: false,
    raisedHere: !running,
    async loadImages() {
      // The others are pulled by the node itself.
      await execa('docker', ['build', '--tag', outriderImage, join(room, '../..')]);
      await execa(kind, ['load', 'docker-image', outriderImage, '--name', name]);
    },
    stop: lowerKind,
  };
}

/** kind itself does nothing, and succeeds, where there is no such cluster. */
export async function lowerKind(): Promise<void> {
  await assertDocker();
  await execa(await findKind(), ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfigPath()]);
}

const kubeconfigPath = (): string => join(cacheFolder(), 'kind', 'kubeconfig');

const findKind = async (): Promise<string> => join(await build('kind'), 'kind');

/** The folder with programs that are built where they are not yet. */
async function build(folder: string, ...args: string[]): Promise<string> {
  return (await execa(join(room, folder, 'build.sh'), args, { stderr: 'inherit' })).stdout.trim();
}

/** Docker's client alone is not enough: it asks the engine. */
async function assertDocker(): Promise<void> {
  try {
    await execa('docker', ['info']);
  } catch (cause) {
    const said = cause instanceof ExecaError ? cause.stderr || cause.originalMessage : cause;
    throw new ClusterError(
      'unsupported',
      `kind needs a Docker engine, and docker info failed: ${said}; start or install Docker, or take CLUSTER=local`,
      { cause },
    );
  }
}

/** The nodes of kind sit on a Docker network of the same name, whose gateway is this machine. */
async function gatewayOfDocker(): Promise<string> {
  const format = '{{range .IPAM.Config}}{{println .Gateway}}{{end}}';
  const { stdout } = await execa('docker', ['network', 'inspect', 'kind', '--format', format]);
  const gateway = stdout.split('\n').find((address) => address.includes('.'));
  if (gateway !== undefined) return gateway;
  throw new ClusterError(
    'unsupported',
    'the Docker network kind has no IPv4 gateway, by which pods would reach this machine: docker network rm kind, and raise the cluster again',
  );
}
