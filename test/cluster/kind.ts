import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from './cache.ts';
import type { Cluster } from './cluster.ts';

const name = 'outrider';
const kubeconfig = join(cacheFolder(), 'kind', 'kubeconfig');

const config = `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking:
  ipFamily: dual
`;

/**
 * The cluster where a Docker engine is at hand. Written from kind's documentation: the machine on which this
 * project grows has no Docker, so only the other provider is exercised there.
 */
export async function raiseKind(): Promise<Cluster> {
  await mkdir(dirname(kubeconfig), { recursive: true });

  const running = (await execa('kind', ['get', 'clusters'])).stdout.split('\n').includes(name);
  if (running) {
    await execa('kind', ['export', 'kubeconfig', '--name', name, '--kubeconfig', kubeconfig]);
  } else {
    const create = [
      'create',
      'cluster',
      '--name',
      name,
      '--kubeconfig',
      kubeconfig,
      '--wait',
      '2m',
      '--config',
      '-',
    ];
    await execa('kind', create, { input: config, stderr: 'inherit' });
  }

  return {
    provider: 'kind',
    families: 'dual',
    kubeconfig,
    kubectl: 'kubectl',
    hostAddress: await gatewayOfDocker(),
    raisedHere: !running,
    async loadImage(archive) {
      await execa('kind', ['load', 'image-archive', archive, '--name', name]);
    },
    stop: lowerKind,
  };
}

/** kind itself does nothing, and succeeds, where there is no such cluster. */
export async function lowerKind(): Promise<void> {
  await execa('kind', ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig]);
}

/** The nodes of kind sit on a Docker network of the same name, whose gateway is this machine. */
async function gatewayOfDocker(): Promise<string> {
  const format = '{{range .IPAM.Config}}{{println .Gateway}}{{end}}';
  const { stdout } = await execa('docker', ['network', 'inspect', 'kind', '--format', format]);
  return stdout.split('\n').find((gateway) => gateway.includes('.')) ?? '127.0.0.1';
}
