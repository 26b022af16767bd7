import { join } from 'node:path';
import { ExecaError, execa } from 'execa';
import { cacheFolder } from '../cache.ts';
import { ClusterError } from '../cluster-error.ts';

/**
 * Runs buildah on a storage of our own, so that the user's images and containers are neither seen nor touched.
 * The vfs driver copies where others mount: slower by a fraction of a second, and it works on every filesystem.
 */
export async function buildah(...args: string[]): Promise<string> {
  const storage = join(cacheFolder(), 'buildah');
  const options = [
    `--root=${join(storage, 'root')}`,
    `--runroot=${join(storage, 'run')}`,
    '--storage-driver=vfs',
  ];
  try {
    return (await execa('buildah', [...options, ...args])).stdout.trim();
  } catch (error) {
    const said = error instanceof ExecaError ? error.stderr : '';
    throw new ClusterError('image', `buildah ${args[0]} failed: ${said}`, { cause: error });
  }
}
