import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { metricsPath, metricsPort } from '../../settings/names.ts';
import { port } from '../../settings/port.ts';
import { until } from '../cluster/polling.ts';
import { createCapturedPair } from './captured-pair.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { outside, type Pair } from './pair.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { connect, fixture, startServer } from './traffic.ts';

const page = await readFile(new URL('../../docs/observability.md', import.meta.url), 'utf8');
const [, section = ''] = page.split('### Questions');
const queries = [...section.matchAll(/^\| ([^|`]+) \| `(.+)` \|$/gm)].map(
  ([, question = '', query = '']) => ({
    question,
    query,
  }),
);

describe('Prometheus, which asks a proxy each second, can tell', () => {
  let pair: Pair;
  let envoy: Envoy;
  let prometheus: Prometheus;

  before(async () => {
    pair = await createCapturedPair();
    const { ipv4 } = pair.pod.addresses;
    const probe = { address: ipv4, port: port(8089), periodSeconds: 1, timeoutSeconds: 1 };
    const ports = { outboundPort: port(15001), inboundPort: port(15006) };
    await startServer(pair.pod, [8080], { uid: 1000 });
    await startServer(pair.peer, [80]);
    await pair.pod.spawn(process.execPath, [fixture('status-app.ts'), '8082'], { uid: 1000 }).nextLine();
    const httpPorts = [{ port: port(8082), protocol: 'http' }] as const;
    envoy = await startEnvoy(pair.pod, (adminSocket) =>
      renderBootstrap({ ...ports, families: ['ipv4'], adminSocket, probes: [probe], httpPorts }),
    );
    prometheus = await startPrometheus(
      pair.peer,
      [
        {
          job_name: 'outrider',
          metrics_path: metricsPath,
          static_configs: [{ targets: [`${ipv4}:${metricsPort}`] }],
        },
      ],
      1,
    );
    for (const [host, to] of [
      [pair.pod, { address: outside.ipv4, port: 80 }],
      [pair.peer, { address: ipv4, port: 8080 }],
      [pair.peer, { address: ipv4, port: 8089 }],
      [pair.peer, { address: ipv4, port: 15006 }],
    ] as const) {
      await connect(host, to, { uid: 1000 });
    }
    for (const path of ['200', '200', '200', '404', '503']) {
      await pair.peer.exec('curl', ['-s', `http://${ipv4}:8082/${path}`]);
    }
    const timed = 'rate(envoy_http_downstream_rq_time_count[5m]) > 0';
    const refused =
      'rate(envoy_cluster_upstream_cx_none_healthy{envoy_cluster_name="BlackHoleCluster"}[5m]) > 0';
    for (const query of [refused, timed]) {
      await until(async () => (await ask(query)).length === 1, AbortSignal.timeout(30_000));
    }
  });

  after(async () => {
    await prometheus?.stop();
    await envoy?.stop();
    await pair?.close();
  });

  const ask = async (query: string): Promise<readonly number[]> =>
    (await prometheus.ask(query)).map(({ value }) => value);

  it('what the documentation asks it: eleven questions', () => {
    expect(queries).to.have.lengthOf(11);
  });

  for (const { question, query } of queries) {
    it(question, async () => {
      const values = await ask(query);
      expect(values, query).not.to.be.empty;
      for (const value of values) expect(value, query).to.satisfy(Number.isFinite);
    });
  }

  it('the share of inbound connections that failed: one of two', async () => {
    const share = queries.find(({ question }) => question.startsWith('share of inbound'));
    expect(await ask(share?.query ?? '')).to.deep.equal([0.5]);
  });

  it('the share of requests that failed: one of five', async () => {
    const share = queries.find(({ question }) => question === 'share of requests that fail');
    const [failed = Number.NaN, ...more] = await ask(share?.query ?? '');
    expect(failed).to.be.closeTo(0.2, 1e-9);
    expect(more).to.be.empty;
  });
});
