import { access, mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const mountPoint = '/sys/fs/cgroup';

/** The kubelet demands that its root exists under every controller before it starts. */
export async function createCgroup(name: string): Promise<void> {
  const roots = await hierarchies();
  if (roots.length === 1 && roots[0] === mountPoint) {
    // cgroup v2: a controller exists in a child only when the parent hands it down.
    await writeFile(join(mountPoint, 'cgroup.subtree_control'), '+cpu +cpuset +memory +pids');
  }
  for (const root of roots) await mkdir(join(root, name), { recursive: true });
}

/** Removes the cgroup and all below it; false while a process is still in one of them. */
export async function removeCgroup(name: string): Promise<boolean> {
  try {
    for (const root of await hierarchies()) await removeTree(join(root, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
    throw error;
  }
}

/** One tree under cgroup v2; one a controller under v1, some of which are links to another. */
async function hierarchies(): Promise<string[]> {
  const unified = await access(join(mountPoint, 'cgroup.controllers')).then(
    () => true,
    () => false,
  );
  if (unified) return [mountPoint];
  const entries = await readdir(mountPoint, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(mountPoint, entry.name));
}

/** The files of a cgroup are the kernel's and go with it: only folders are removed, the deepest first. */
async function removeTree(folder: string): Promise<void> {
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) await removeTree(join(folder, entry.name));
    }
    await rmdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
