import { readdir, readFile } from 'node:fs/promises';

/** What a process takes, as Linux tells it (proc(5)). */

/** Processor time so far, of all of its threads, in microseconds: user and system. */
export async function processorTime(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')),
  );
  const nanoseconds = times.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0);
  return nanoseconds / 1000;
}

const mebibytes = (kibibytes: string | undefined): number => Number(kibibytes) / 1024;

/** In MiB. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return mebibytes(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

/** What is the process's own, not its program's file or shared with others; in MiB. */
export async function anonymousMemory(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return mebibytes(/^Anonymous:\s+(\d+) kB$/m.exec(rollup)?.[1]);
}
