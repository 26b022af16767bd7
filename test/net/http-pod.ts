import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import type { HttpPort } from '../../proxy/http-port.ts';
import { port } from '../../settings/port.ts';
import { startEnvoy } from './envoy.ts';
import { buildExecutable, runInit } from './executable.ts';
import type { Host } from './host.ts';
import { createPair, type Pair } from './pair.ts';
import type { Program } from './program.ts';
import { fixture } from './traffic.ts';

/** A pair of hosts, in one of which the rules and an Envoy are to whom ports of HTTP were declared. */
export interface HttpPod extends Pair {
  /** Starts one of the fixtures as the application, and resolves once it listens. */
  start(name: string, port: number): Promise<Program>;
  /** Connections that were made to a cluster so far, and those of them that are open. */
  connections(cluster: string): Promise<number>;
  openConnections(cluster: string): Promise<number>;
  /** Requests that the proxy has counted on a port. */
  requests(port: number): Promise<number>;
}

export async function createHttpPod(
  protocols: Readonly<Record<number, HttpPort['protocol']>>,
): Promise<HttpPod> {
  await buildExecutable();
  const pair = await createPair();
  const { exitCode, stderr } = await runInit(pair.pod, ['apply']);
  expect(exitCode, stderr).to.equal(0);
  const httpPorts = Object.entries(protocols).map(([number, protocol]) => ({
    port: port(Number(number)),
    protocol,
  }));
  const envoy = await startEnvoy(pair.pod, (adminSocket) =>
    renderBootstrap({
      outboundPort: port(15001),
      inboundPort: port(15006),
      families: ['ipv4', 'ipv6'],
      adminSocket,
      httpPorts,
    }),
  );
  const metric = async (name: string, cluster: string): Promise<number> =>
    (await envoy.metrics()).get(`${name}{envoy_cluster_name="${cluster}"}`) ?? 0;
  return {
    ...pair,
    async start(name, at) {
      const program = pair.pod.spawn(process.execPath, [fixture(name), `${at}`], { uid: 1000 });
      expect(await program.nextLine()).to.equal('ready');
      return program;
    },
    connections: (cluster) => metric('envoy_cluster_upstream_cx_total', cluster),
    openConnections: (cluster) => metric('envoy_cluster_upstream_cx_active', cluster),
    requests: async (at) => {
      const labels = `{envoy_http_conn_manager_prefix="inbound|${at}||"}`;
      return (await envoy.metrics()).get(`envoy_http_downstream_rq_total${labels}`) ?? 0;
    },
    async close() {
      await envoy.stop();
      await pair.close();
    },
  };
}

/** Runs one of the fixtures to its end, and gives what it printed. */
export async function run(host: Host, name: string, args: readonly string[], input = ''): Promise<string> {
  const { stdout, stderr } = await host.exec(process.execPath, [fixture(name), ...args], { input });
  expect(stderr).to.equal('');
  return stdout;
}
