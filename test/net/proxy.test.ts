import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { defaultProxyUid, metricsPort, passthroughSource, readinessPort } from '../../settings/names.ts';
import { port } from '../../settings/port.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { buildExecutable, runInit } from './executable.ts';
import { createPair, outside, type Pair } from './pair.ts';
import { connect, startServer } from './traffic.ts';

const loopback = { ipv4: '127.0.0.1', ipv6: '::1' } as const;

describe('the real Envoy behind the real rules', () => {
  let pair: Pair;
  let envoy: Envoy;
  const appUid = 1000;

  before(async () => {
    await buildExecutable();
    pair = await createPair();
    const input = {
      outboundPort: port(15001),
      inboundPort: port(15006),
      families: ['ipv4', 'ipv6'] as const,
    };
    const init = await runInit(pair.pod, ['apply', '--exclude-outbound-ports', '81']);
    expect(init.exitCode, init.stderr).to.equal(0);
    envoy = await startEnvoy(pair.pod, (adminSocket) => renderBootstrap({ ...input, adminSocket }));
    await startServer(pair.pod, [8080], { uid: appUid });
    await startServer(pair.peer, [80, 81]);
  });

  after(async () => {
    await envoy?.stop();
    await pair?.close();
  });

  /** Connections so far, by cluster and by the destination at which Envoy sent them; it forgets those to which none is open. */
  const destinations = async (): Promise<Map<string, number>> => {
    const page = await admin('/clusters');
    const lines = page.matchAll(/^(\w+)::(\S+)::cx_total::(\d+)$/gm);
    return new Map([...lines].map(([, cluster, host, count]) => [`${cluster} ${host}`, Number(count)]));
  };
  /** All connections so far, wherever they went. */
  const carried = async (): Promise<number> => {
    const metrics = await envoy.metrics();
    const [outbound = Number.NaN, inbound = Number.NaN] = [
      'PassthroughCluster',
      'InboundPassthroughCluster',
    ].map((cluster) => metrics.get(`envoy_cluster_upstream_cx_total{envoy_cluster_name="${cluster}"}`));
    return outbound + inbound;
  };
  const admin = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      request({ socketPath: envoy.adminSocket, path }, (response) => resolve(text(response)))
        .on('error', reject)
        .end();
    });
  const refused = async (): Promise<number> =>
    (await envoy.metrics()).get(
      'envoy_cluster_upstream_cx_none_healthy{envoy_cluster_name="BlackHoleCluster"}',
    ) ?? 0;
  const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

  for (const family of ['ipv4', 'ipv6'] as const) {
    describe(`over ${family}`, () => {
      it('carries an outbound connection to the destination that the application dialled', async () => {
        const answer = await connect(pair.pod, { address: outside[family], port: 80 }, { uid: appUid });
        expect(answer).to.deep.include({ program: 'server', local: { address: outside[family], port: 80 } });
        expect(answer).to.have.nested.property('remote.address', pair.pod.addresses[family]);
        expect((await destinations()).get(`PassthroughCluster ${bracketed(outside[family])}:80`)).to.equal(1);
      });

      it('carries an inbound connection to the port that the peer dialled, from the passthrough source', async () => {
        const own = pair.pod.addresses[family];
        const answer = await connect(pair.peer, { address: own, port: 8080 });
        expect(answer).to.deep.include({ program: 'server', local: { address: own, port: 8080 } });
        expect(answer).to.have.nested.property('remote.address', passthroughSource[family]);
        expect((await destinations()).get(`InboundPassthroughCluster ${bracketed(own)}:8080`)).to.equal(1);
      });

      it('takes its own call to the address of the pod back in as an inbound connection', async () => {
        const own = pair.pod.addresses[family];
        const answer = await connect(pair.pod, { address: own, port: 8080 }, { uid: defaultProxyUid });
        expect(answer).to.have.nested.property('remote.address', passthroughSource[family]);
      });

      it('is not in the way of an excluded port, of localhost, or of the own address', async () => {
        const before = await carried();
        for (const to of [
          { address: outside[family], port: 81 },
          { address: loopback[family], port: 8080 },
          { address: pair.pod.addresses[family], port: 8080 },
        ]) {
          const answer = await connect(pair.pod, to, { uid: appUid });
          expect(answer).to.deep.include({ program: 'server', local: to });
        }
        expect(await carried()).to.equal(before);
      });

      it('refuses a connection to a capture port, from inside and outside, without calling itself', async () => {
        const own = pair.pod.addresses[family];
        const [before, counted] = [await carried(), await refused()];
        for (const [host, to] of [
          [pair.pod, { address: own, port: 15001 }],
          [pair.pod, { address: own, port: 15006 }],
          [pair.pod, { address: loopback[family], port: 15001 }],
          [pair.pod, { address: loopback[family], port: 15006 }],
          [pair.peer, { address: own, port: 15006 }],
        ] as const) {
          expect(await connect(host, to, { uid: appUid }), `${to.address} ${to.port}`).to.have.property(
            'program',
            'none',
          );
        }
        expect(await refused()).to.equal(counted + 5);
        expect(await carried()).to.equal(before);
      });

      it('refuses a connection from outside to the outbound port, which costs one hop and no more', async () => {
        const own = pair.pod.addresses[family];
        const counted = await refused();
        expect(await connect(pair.peer, { address: own, port: 15001 })).to.have.property('program', 'none');
        expect(await refused()).to.equal(counted + 1);
        expect((await destinations()).get(`InboundPassthroughCluster ${bracketed(own)}:15001`)).to.equal(1);
      });
    });
  }

  it('lets through readiness and metrics and nothing else of the admin interface', async () => {
    const ask = async (method: string, listener: number, path: string): Promise<number> => {
      const url = `http://127.0.0.1:${listener}${path}`;
      const { stdout } = await pair.pod.exec('curl', [
        '--path-as-is',
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-X',
        method,
        url,
      ]);
      return Number(stdout);
    };
    expect(await ask('GET', readinessPort, '/healthz/ready')).to.equal(200);
    expect(await ask('GET', metricsPort, '/stats/prometheus')).to.equal(200);
    for (const listener of [readinessPort, metricsPort]) {
      for (const path of [
        '/',
        '/config_dump',
        '/quitquitquit',
        '/healthz/ready/../../quitquitquit',
        '//quitquitquit',
        '/stats',
      ]) {
        expect(await ask('GET', listener, path), `GET ${listener} ${path}`).to.equal(404);
        expect(await ask('POST', listener, path), `POST ${listener} ${path}`).to.equal(404);
      }
    }
    expect(await ask('POST', readinessPort, '/healthz/ready')).to.equal(404);
    expect(await ask('POST', metricsPort, '/stats/prometheus')).to.equal(404);
  });

  it('has no abstract socket, by which a process of the pod could stop it', async () => {
    const { stdout } = await pair.pod.exec('cat', ['/proc/net/unix']);
    expect(stdout).to.contain(envoy.adminSocket);
    expect(stdout).not.to.contain('@');
  });
});
