import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../cache.ts';
import { whileLocked } from '../lock.ts';
import { buildah } from './buildah.ts';

/** Raise it to have the base made anew, be it for newer packages or for another recipe. */
const recipe = 'bookworm-1';

const name = `localhost/outrider-base:${recipe}`;

/** What Debian's own "slim" images leave out. */
const dpkgOptions = ['man', 'doc', 'locale', 'info'].map((folder) => `path-exclude=/usr/share/${folder}/*`);

/**
 * Makes the image that stands in for debian:bookworm-slim as the BASE of a Dockerfile, from Debian's packages
 * alone, and returns its name in buildah's storage.
 */
export async function buildBaseImage(): Promise<string> {
  const cache = cacheFolder();
  await mkdir(cache, { recursive: true });
  return whileLocked(cache, async () => {
    if ((await buildah('images', '--format={{.Name}}:{{.Tag}}')).split('\n').includes(name)) return name;
    const archive = join(cache, `base-${recipe}.tar`);
    const options = dpkgOptions.map((option) => `--dpkgopt=${option}`);
    await execa('mmdebstrap', ['--variant=minbase', ...options, 'bookworm', archive]);
    const container = await buildah('from', 'scratch');
    try {
      await buildah('add', container, archive, '/');
      await buildah(
        'config',
        '--env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        container,
      );
      await buildah('commit', container, name);
    } finally {
      await buildah('rm', container);
      await rm(archive, { force: true });
    }
    return name;
  });
}
