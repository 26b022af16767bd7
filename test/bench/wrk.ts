import type { Host } from '../net/host.ts';

export interface Rate {
  readonly perSecond: number;
  /** Microseconds, of the slowest of a hundred. */
  readonly p99: number;
}

/** Asks for `url` over as many kept connections as fast as it is answered, from one thread. */
export async function saturate(host: Host, url: string, connections: number, seconds: number): Promise<Rate> {
  const options = ['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '--latency'];
  const { exitCode, stdout, stderr } = await host.exec('wrk', [...options, url]);
  const perSecond = Number(/^Requests\/sec:\s+([0-9.]+)$/m.exec(stdout)?.[1]);
  const [, time = '', unit = ''] = /^\s+99%\s+([0-9.]+)(us|ms|s)$/m.exec(stdout) ?? [];
  const failed = /Socket errors|Non-2xx/.exec(stdout);
  if (exitCode !== 0 || failed !== null || Number.isNaN(perSecond))
    throw new Error(`${url}: ${stdout}${stderr}`);
  return { perSecond, p99: Number(time) * ({ us: 1, ms: 1e3, s: 1e6 }[unit] ?? Number.NaN) };
}
