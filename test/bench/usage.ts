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

/** Processor time so far, in ticks of the clock: of the kernel on the process's behalf, and all. */
export async function kernelTicks(pid: number): Promise<{ readonly kernel: number; readonly all: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Fields from the third on; the second, a name in parentheses, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, kernel] = [Number(fields[11]), Number(fields[12])];
  return { kernel, all: user + kernel };
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
