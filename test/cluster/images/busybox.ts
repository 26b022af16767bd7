import { join } from 'node:path';
import { execa } from 'execa';
import { buildImage } from './build.ts';

/**
 * The name of the official image, which manifests/sample uses and which a cluster with a registry would pull. Here
 * the same program, from Debian, stands in for it.
 */
export const busyboxImageName = 'docker.io/library/busybox:1.37';

/**
 * Builds the image of four megabytes that holds a pod's namespaces, and that has a shell, wget, nc and httpd for
 * the pods of tests. One static program, from Debian's busybox-static.
 */
export async function buildBusyboxImage(): Promise<string> {
  const { stdout: busybox } = await execa('sh', ['-c', 'command -v busybox']);
  return buildImage({
    tag: busyboxImageName,
    dockerfile: join(import.meta.dirname, 'busybox.Dockerfile'),
    context: join(busybox, '..'),
    inputs: ['busybox'],
  });
}
