import { readdir, readFile } from 'node:fs/promises';
import { podsCgroup } from './kubelet.ts';

/** Ends all processes of a pod as a crash does, but for the one that holds its namespaces. */
export async function killProcesses(uid: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    const [cgroup, command] = await Promise.all([textOf(pid, 'cgroup'), textOf(pid, 'cmdline')]);
    // The kubelet's cgroups are /outrider-cluster/kubepods/…/pod<uid>/<container>.
    const isOfPod = cgroup.includes(podsCgroup) && cgroup.includes(`pod${uid}/`);
    if (isOfPod && command.includes('outrider')) process.kill(pid, 'SIGKILL');
  }
}

/** Empty where the process has ended meanwhile. */
const textOf = (pid: number, file: string): Promise<string> =>
  readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
