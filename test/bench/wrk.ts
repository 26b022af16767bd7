import type { Host } from '../net/host.ts';

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** One request a connection; otherwise connections are kept. */
  readonly isShort?: boolean;
}

export interface Rate {
  readonly requests: number;
  readonly perSecond: number;
  /** Microseconds, of half of the requests at most, and of 99 of 100. */
  readonly p50: number;
  readonly p99: number;
}

/** Asks for `url` as fast as it is answered, from one thread. */
export async function saturate(
  host: Host,
  url: string,
  { connections, seconds, isShort = false }: Load,
): Promise<Rate> {
  const options = ['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '--latency'];
  const header = isShort ? ['-H', 'Connection: close'] : [];
  const { exitCode, stdout, stderr } = await host.exec('wrk', [...options, ...header, url]);
  const requests = Number(/^\s+(\d+) requests in /m.exec(stdout)?.[1]);
  const perSecond = Number(/^Requests\/sec:\s+([0-9.]+)$/m.exec(stdout)?.[1]);
  const failed = /Socket errors|Non-2xx/.exec(stdout);
  if (exitCode !== 0 || failed !== null || Number.isNaN(perSecond))
    throw new Error(`${url}: ${stdout}${stderr}`);
  return { requests, perSecond, p50: quantile(stdout, 50), p99: quantile(stdout, 99) };
}

function quantile(report: string, percent: number): number {
  const [, time = '', unit = ''] =
    new RegExp(`^\\s+${percent}%\\s+([0-9.]+)(us|ms|s)$`, 'm').exec(report) ?? [];
  return Number(time) * ({ us: 1, ms: 1e3, s: 1e6 }[unit] ?? Number.NaN);
}
