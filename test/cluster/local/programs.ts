import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ClusterError } from '../cluster-error.ts';

const room = join(import.meta.dirname, '..');

/** Programs that the node needs on PATH, besides what it builds. */
const onPath = ['buildah', 'containerd', 'etcd', 'flock', 'ip', 'iptables', 'nsenter', 'runc', 'unshare'];

/** Debian's folder, then the one that the CNI project's own archives document. */
const cniFolders = ['/usr/lib/cni', '/opt/cni/bin'];

export interface Programs {
  /** The folder with the programs of Kubernetes. */
  readonly kubernetes: string;
  /** The folder with the CNI plugins. */
  readonly cni: string;
}

export function kubectlPath(programs: Programs): string {
  return join(programs.kubernetes, 'kubectl');
}

/** Finds what is installed and builds what is not; a first build takes minutes and says so on stderr. */
export async function findPrograms(): Promise<Programs> {
  const searched = await Promise.all(onPath.map(async (name) => ((await isOnPath(name)) ? [] : [name])));
  const missing = searched.flat();
  const cni = await firstThatHolds(cniFolders, 'bridge');
  if (!cni) missing.push(`the CNI plugins (${cniFolders.join(' or ')})`);
  if (missing.length > 0 || !cni) {
    throw new ClusterError(
      'unsupported',
      `missing on this machine: ${missing.join(', ')}; the Debian packages are listed in ${join(room, 'debian-packages.txt')}`,
    );
  }
  const build = await execa(join(room, 'kubernetes', 'build.sh'), { stderr: 'inherit' });
  return { kubernetes: build.stdout.trim(), cni };
}

async function isOnPath(name: string): Promise<boolean> {
  return (await firstThatHolds((process.env.PATH ?? '').split(':'), name)) !== undefined;
}

async function firstThatHolds(folders: string[], file: string): Promise<string | undefined> {
  for (const folder of folders) {
    try {
      await access(join(folder, file));
      return folder;
    } catch {
      // Not here; the next one may.
    }
  }
  return undefined;
}
