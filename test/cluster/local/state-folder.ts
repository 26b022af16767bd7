import { lstat, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClusterError } from '../cluster-error.ts';
import type { Layout } from './layout.ts';

/** The state holds an administrator's credentials, so nobody but root may look inside. */
export async function createState(layout: Layout): Promise<void> {
  await mkdir(layout.state, { recursive: true, mode: 0o700 });
  const found = await lstat(layout.state);
  if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o077) !== 0) {
    throw new ClusterError('unsupported', `${layout.state} must be a folder of root with mode 0700`);
  }
  const folders = [layout.logs, layout.podLogs, layout.loadedImages, ...Object.values(layout.mountPoints)];
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
  }
}

/** Removes the node's files. Its mounts were never visible here, so nothing of the machine's hangs below. */
export async function removeState(layout: Layout): Promise<void> {
  await rm(layout.state, { recursive: true, force: true });
}

export async function writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents, { mode: 0o600 });
  }
}
