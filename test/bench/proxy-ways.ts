import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BootstrapInput, renderBootstrap } from '../../proxy/bootstrap.ts';
import type { Bootstrap } from '../../proxy/resource.ts';
import { workersFor } from '../../proxy/workers.ts';
import {
  defaultInboundPort,
  defaultOutboundPort,
  defaultProxyUid,
  passthroughSource,
} from '../../settings/names.ts';
import { port } from '../../settings/port.ts';
import { defaults } from '../../settings/settings.ts';
import { type Envoy, type EnvoyOptions, startEnvoy } from '../net/envoy.ts';
import { runInit } from '../net/executable.ts';
import type { Host, RunOptions } from '../net/host.ts';
import { createPair, type Pair } from '../net/pair.ts';
import { answering, proxying, redirected } from './haproxy.ts';

/** Where the server listens. */
const served = port(8080);
const proxied = port(18_080);

/** A way by which a request comes to a server in a pod, and the processes on it that are measured. */
export interface Way {
  readonly client: Host;
  readonly url: string;
  readonly pids: readonly number[];
}

/** Sets ways up, each with a pod of its own, and takes them down. */
export interface Ways {
  direct(): Promise<Way>;
  /** Without rules: the client goes to it by itself. */
  haproxy(mode: 'tcp' | 'http'): Promise<Way>;
  /** In the place of our proxy, behind the same rules. */
  haproxyRedirected(): Promise<Way>;
  /** Through an Envoy in the pod, to which the rules redirect; and with `twice` one beside the client, too. */
  envoy(render: Render, options?: EnvoyOptions & { readonly twice?: Render }): Promise<Way>;
  close(): Promise<void>;
}

export type Render = (adminSocket: string) => object;

/** As it is with the default settings, and as it is where the port declares HTTP. */
export const ours = (more: Partial<BootstrapInput> = {}): ((adminSocket: string) => Bootstrap) => {
  return (adminSocket) =>
    renderBootstrap({
      outboundPort: defaultOutboundPort,
      inboundPort: defaultInboundPort,
      families: ['ipv4'],
      adminSocket,
      memoryLimit: defaults.proxyMemoryLimit.value,
      ...more,
    });
};
export const oursHttp = (more: Partial<BootstrapInput> = {}): Render =>
  ours({ httpPorts: [{ port: served, protocol: 'http' }], ...more });

/** Threads of a proxy to which nobody has said anything. */
export const byDefault = { concurrency: workersFor(defaults.proxyCpuLimit.value) };

export async function createWays(): Promise<Ways> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-bench-'));
  const pairs: Pair[] = [];
  const envoys: Envoy[] = [];

  async function startHaproxy(host: Host, configuration: string, options: RunOptions = {}): Promise<number> {
    const file = join(await mkdtemp(join(folder, 'haproxy-')), 'haproxy.cfg');
    await writeFile(file, configuration);
    return host.spawn('haproxy', ['-db', '-f', file], options).pid;
  }
  async function createPod(): Promise<Pair> {
    const pair = await createPair();
    pairs.push(pair);
    await startHaproxy(pair.pod, answering(served));
    return pair;
  }
  async function redirect(host: Host): Promise<void> {
    const { exitCode, stderr } = await runInit(host, ['apply', '--ip-families', 'ipv4']);
    if (exitCode !== 0) throw new Error(stderr);
  }
  async function inject(host: Host, render: Render, options: EnvoyOptions = {}): Promise<number> {
    await redirect(host);
    const envoy = await startEnvoy(host, render, options);
    envoys.push(envoy);
    return envoy.pid;
  }
  const way = ({ pod, peer }: Pair, at: number, pids: number[]): Way => ({
    client: peer,
    url: `http://${pod.addresses.ipv4}:${at}/`,
    pids,
  });

  return {
    direct: async () => way(await createPod(), served, []),
    async haproxy(mode) {
      const pair = await createPod();
      return way(pair, proxied, [await startHaproxy(pair.pod, proxying(mode, proxied, served))]);
    },
    async haproxyRedirected() {
      const pair = await createPod();
      await redirect(pair.pod);
      const configuration = redirected(defaultInboundPort, passthroughSource.ipv4);
      return way(pair, served, [await startHaproxy(pair.pod, configuration, { uid: defaultProxyUid })]);
    },
    async envoy(render, { twice, ...options } = {}) {
      const pair = await createPod();
      const pids = [await inject(pair.pod, render, options)];
      if (twice) pids.push(await inject(pair.peer, twice, options));
      return way(pair, served, pids);
    },
    async close() {
      for (const envoy of envoys) await envoy.stop();
      for (const pair of pairs) await pair.close();
      await rm(folder, { recursive: true });
    },
  };
}
