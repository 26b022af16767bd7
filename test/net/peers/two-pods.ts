import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { renderBootstrap } from '../../../proxy/bootstrap.ts';
import type { HttpPort } from '../../../proxy/http-port.ts';
import { port } from '../../../settings/port.ts';
import { createCapturedPair } from '../captured-pair.ts';
import { type Envoy, startEnvoy } from '../envoy.ts';
import { runInit } from '../executable.ts';
import type { Host, RunOptions } from '../host.ts';
import type { Program } from '../program.ts';

/** Who runs what is no proxy. */
export const appUid = 1000;

/** Two injected pods: what one of them connects to in the other goes through both proxies. */
export interface TwoPods {
  readonly client: Host;
  readonly server: Host;
  /** Runs a shell script in the client's pod to its end, as its application, and gives what it printed. */
  run(script: string, options?: RunOptions): Promise<string>;
  /** Starts a server in the other pod, and resolves once it listens on the port. */
  serve(port: number, command: string, args: readonly string[], options?: RunOptions): Promise<Program>;
  /** Does it, and gives the connections that each proxy made meanwhile. */
  carried(act: () => Promise<unknown>): Promise<Carried>;
  /** Does it, and gives how far the memory of each proxy rose meanwhile, in bytes. */
  grown(act: () => Promise<unknown>): Promise<number[]>;
  close(): Promise<void>;
}

/** Connections of the client's proxy, and of the server's to ports of bytes and to ports of HTTP. */
export interface Carried {
  readonly out: number;
  readonly bytes: number;
  readonly http: number;
}

/** `protocols` are declared to the server's proxy. */
export async function createTwoPods(
  protocols: Readonly<Record<number, HttpPort['protocol']>> = {},
): Promise<TwoPods> {
  const pair = await createCapturedPair();
  const { pod: server, peer: client } = pair;
  const envoys: Envoy[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(envoys.map((envoy) => envoy.stop()));
    await pair.close();
  };
  const start = async (host: Host, httpPorts: readonly HttpPort[]): Promise<Envoy> => {
    const envoy = await startEnvoy(host, (adminSocket) =>
      renderBootstrap({
        outboundPort: port(15001),
        inboundPort: port(15006),
        families: ['ipv4', 'ipv6'],
        adminSocket,
        httpPorts,
        memoryLimit,
      }),
    );
    envoys.push(envoy);
    return envoy;
  };
  try {
    const { exitCode, stderr } = await runInit(client, ['apply']);
    expect(exitCode, stderr).to.equal(0);
    const declared = Object.entries(protocols).map(([at, protocol]) => ({
      port: port(Number(at)),
      protocol,
    }));
    const [near, far] = [await start(client, []), await start(server, declared)];
    const carriedSoFar = async (): Promise<Carried> => {
      const [ofNear, ofFar] = await Promise.all([near.metrics(), far.metrics()]);
      return {
        out: connections(ofNear, 'PassthroughCluster'),
        bytes: connections(ofFar, 'InboundPassthroughCluster'),
        http: connections(ofFar, 'InboundPassthroughHttpCluster'),
      };
    };
    return {
      client,
      server,
      async run(script, options) {
        const { exitCode, stdout, stderr } = await client.exec('bash', ['-euo', 'pipefail', '-c', script], {
          uid: appUid,
          ...options,
        });
        expect(exitCode, `${script}: ${stderr}`).to.equal(0);
        return stdout;
      },
      async serve(at, command, args, options) {
        const program = server.spawn(command, args, { uid: appUid, ...options });
        const ended = program.ended.then((why) => Promise.reject(new Error(why)));
        await Promise.race([listening(server, at), ended]);
        return program;
      },
      async carried(act) {
        const before = await carriedSoFar();
        await act();
        const after = await carriedSoFar();
        return {
          out: after.out - before.out,
          bytes: after.bytes - before.bytes,
          http: after.http - before.http,
        };
      },
      async grown(act) {
        const pids = [near.pid, far.pid];
        const before = await Promise.all(pids.map(resetPeak));
        await act();
        const after = await Promise.all(pids.map(peak));
        return after.map((bytes, index) => bytes - (before[index] ?? 0));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The default of the setting. */
const memoryLimit = 256 * 2 ** 20;

const connections = (metrics: ReadonlyMap<string, number>, cluster: string): number =>
  metrics.get(`envoy_cluster_upstream_cx_total{envoy_cluster_name="${cluster}"}`) ?? 0;

/** Asks the kernel, not the port: a server that serves one connection only has it still. */
async function listening(host: Host, at: number): Promise<void> {
  const script = `until [ -n "$(ss -Htln 'sport = :${at}')" ]; do sleep 0.05; done`;
  const { exitCode } = await host.exec('timeout', ['30', 'bash', '-c', script]);
  expect(exitCode, `port ${at} is listened on within 30 s`).to.equal(0);
}

/** The most memory that a process had, in bytes, since {@link resetPeak}. */
async function peak(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Forgets the peak of a process' memory, and gives what it has now. proc(5): 5 stands for the peak of resident memory. */
async function resetPeak(pid: number): Promise<number> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  return peak(pid);
}
