import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  defaultProxyUid,
  metricsPath,
  metricsPort,
  readinessPath,
  readinessPort,
} from '../../settings/names.ts';
import { cacheFolder } from '../cluster/cache.ts';
import type { Host } from './host.ts';

/** A running Envoy. */
export interface Envoy {
  readonly pid: number;
  /** Path of the admin interface's socket, which the tests' process can open and the host's programs cannot. */
  readonly adminSocket: string;
  /** All samples of its metrics: `envoy_cluster_upstream_cx_total{envoy_cluster_name="PassthroughCluster"}` → number. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** The next line of its standard output, which is its access log. */
  nextLine(): Promise<string>;
  /** Resolves, to its standard error, once it has ended by itself or by a signal. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface EnvoyOptions {
  readonly uid?: number;
  /** The same number as `uid` by default. */
  readonly gid?: number;
  /** All that it may have of them, such as `net_raw`; with `uid` 0, which has all by default. */
  readonly capabilities?: string;
  /** Where its own listeners are asked: 127.0.0.1 by default, ::1 in a host without IPv4. */
  readonly address?: string;
  /** Added to the command line. */
  readonly args?: readonly string[];
  /** Worker threads; one by default. */
  readonly concurrency?: number;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The limits of open files with which it is started; the tests' own by default. Envoy raises the soft one to the hard one. */
  readonly openFiles?: { readonly soft: number } | { readonly hard: number };
  /** Where its admin interface's socket lies: by default one of its own, which goes with it. */
  readonly folder?: string;
}

/** The official binary, as the stage of the build puts it into the cache folder. */
export const envoyProgram = process.env.ENVOY ?? join(cacheFolder(), 'envoy-1.40.0', 'envoy');

/**
 * Starts Envoy in a host and resolves when it is ready. `render` gives the bootstrap (an object, or its JSON or YAML) for
 * the path of the admin interface's socket, which is in a folder of its own.
 */
export async function startEnvoy(
  host: Host,
  render: (adminSocket: string) => object | string,
  {
    uid = defaultProxyUid,
    gid = uid,
    capabilities,
    address = '127.0.0.1',
    args = [],
    concurrency = 1,
    env = {},
    openFiles,
    folder: given,
  }: EnvoyOptions = {},
): Promise<Envoy> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'outrider-envoy-')));
  await chown(folder, uid, gid);
  const adminSocket = join(folder, 'admin.sock');
  const bootstrap = render(adminSocket);
  const text = typeof bootstrap === 'string' ? bootstrap : JSON.stringify(bootstrap);
  const fixed = ['--disable-hot-restart', '--concurrency', `${concurrency}`, '--log-level', 'warning'];
  // It replaces itself by the command that it is given.
  const limited = openFiles === undefined ? [] : ['prlimit', `--nofile=${nofile(openFiles)}`];
  const bounded = capabilities === undefined ? [] : ['setpriv', `--bounding-set=-all,+${capabilities}`, '--'];
  const [file = '', ...rest] = [
    ...bounded,
    ...limited,
    envoyProgram,
    '--config-yaml',
    text,
    ...fixed,
    ...args,
  ];
  const program = host.spawn(file, rest, { uid, gid, env });
  const read = (port: number, path: string): Promise<string> =>
    get(host, `http://${address.includes(':') ? `[${address}]` : address}:${port}${path}`);
  const envoy: Envoy = {
    pid: program.pid,
    adminSocket,
    metrics: async () => parseMetrics(await read(metricsPort, metricsPath)),
    nextLine: () => program.nextLine(),
    ended: program.ended,
    async stop() {
      await program.stop();
      if (given === undefined) await rm(folder, { recursive: true });
    },
  };
  try {
    const ended = program.ended.then((reason) => Promise.reject(new Error(reason)));
    await Promise.race([read(readinessPort, readinessPath), ended]);
  } catch (error) {
    await envoy.stop();
    throw error;
  }
  return envoy;
}

const nofile = (limits: NonNullable<EnvoyOptions['openFiles']>): string =>
  'soft' in limits ? `${limits.soft}:` : `${limits.hard}`;

/** Asks until the status is 200, for at most 20 s. */
async function get(host: Host, url: string): Promise<string> {
  const until = performance.now() + 20_000;
  for (;;) {
    // As root: its traffic to localhost is left alone by the rules.
    const { exitCode, stdout, stderr } = await host.exec('curl', ['-sSf', '--max-time', '10', url]);
    if (exitCode === 0) return stdout;
    if (performance.now() > until) throw new Error(`${url}: ${stderr}`);
    await sleep(50);
  }
}

/** The samples of Prometheus' text format, without comments. */
function parseMetrics(text: string): ReadonlyMap<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}
