import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Memory that is a process's own, in bytes: what a container's limit counts, beside caches. */
export async function anonymousMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** The share of one processor that a process takes, over some seconds from now on. */
export async function processorShare(pid: number, seconds: number): Promise<number> {
  const before = await processorSeconds(pid);
  await sleep(seconds * 1000);
  return ((await processorSeconds(pid)) - before) / seconds;
}

/** proc_pid_stat(5): fields 14 and 15, in ticks of 10 ms; the second field is in parentheses, and may hold spaces. */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
