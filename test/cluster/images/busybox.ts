import { join } from 'node:path';
import { execa } from 'execa';
import { buildImage } from './build.ts';

/** A name that no registry holds, so that nobody can take another image for it. */
export const busyboxImageName = 'localhost/outrider-busybox:1';

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
