import { join } from 'node:path';
import { execa } from 'execa';
import manifest from '../../../package.json' with { type: 'json' };
import { buildBaseImage } from './base.ts';
import { buildImage } from './build.ts';

const root = join(import.meta.dirname, '../../..');

/** The name under which the manifests know it. */
export const outriderImage = `outrider:${manifest.version}`;

/** The project's own Dockerfile, on a base made of Debian's packages, since no registry of images is at hand. */
export async function buildOutriderImage(): Promise<string> {
  const { stdout: architecture } = await execa('dpkg', ['--print-architecture']);
  return buildImage({
    tag: `docker.io/library/${outriderImage}`,
    dockerfile: join(root, 'Dockerfile'),
    context: root,
    inputs: [`dist/linux-${architecture}`],
    buildArgs: { BASE: await buildBaseImage(), TARGETARCH: architecture },
  });
}
