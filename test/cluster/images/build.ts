import { access, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../cache.ts';
import { whileLocked } from '../lock.ts';
import { buildah } from './buildah.ts';
import { fingerprint } from './fingerprint.ts';

export interface ImageSource {
  /** The name that manifests use, in full: `docker.io/library/outrider:0.1.0`. */
  readonly tag: string;
  /** Path of the Dockerfile. */
  readonly dockerfile: string;
  /** The folder that the inputs are relative to. */
  readonly context: string;
  /** Files and folders that the build may read. It sees no others, so that none can be forgotten here. */
  readonly inputs: readonly string[];
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/** Enough for a branch or two beside the one at hand; an archive takes up to some hundred megabytes. */
const archivesKept = 3;

/** Builds an image, unless the same inputs have been built before, and returns the path of its docker-archive. */
export async function buildImage(source: ImageSource): Promise<string> {
  const buildArgs = Object.entries(source.buildArgs ?? {}).sort();
  const dockerfile = await readFile(source.dockerfile, 'utf8');
  const key = await fingerprint(source.context, source.inputs, [source.tag, dockerfile, ...buildArgs.flat()]);
  const folder = join(cacheFolder(), 'images');
  const stem = `${source.tag.replaceAll(/[/:]/g, '_')}-`;
  const archive = join(folder, `${stem}${key}.tar`);

  await mkdir(folder, { recursive: true });
  return whileLocked(folder, async () => {
    if (await exists(archive)) return archive;
    const work = await mkdtemp(join(folder, '.build-'));
    try {
      const context = join(work, 'context');
      await mkdir(context);
      for (const input of source.inputs) await copy(join(source.context, input), join(context, input));
      const flags = buildArgs.map(([name, value]) => `--build-arg=${name}=${value}`);
      // chroot asks for no container runtime and no cgroup of its own; what a RUN needs it may fetch.
      flags.push('--isolation=chroot', '--network=host', '--pull-never', `--file=${source.dockerfile}`);
      await buildah('bud', ...flags, `--tag=${source.tag}`, context);
      await buildah('push', source.tag, `docker-archive:${join(work, 'image.tar')}:${source.tag}`);
      // The archive is what counts from here on.
      await buildah('rmi', source.tag);
      await rename(join(work, 'image.tar'), archive);
      await prune(folder, stem);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return archive;
  });
}

/** Removes all but the newest archives of an image, which would pile up as its inputs change. */
async function prune(folder: string, stem: string): Promise<void> {
  const archives = (await readdir(folder))
    .filter((name) => name.startsWith(stem))
    .map((name) => join(folder, name));
  const aged = await Promise.all(archives.map(async (path) => ({ path, time: (await stat(path)).mtimeMs })));
  const surplus = aged.sort((a, b) => b.time - a.time).slice(archivesKept);
  for (const { path } of surplus) await rm(path);
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
