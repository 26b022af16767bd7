import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { port } from '../../settings/port.ts';
import { until } from '../cluster/polling.ts';
import { createCapturedPair } from './captured-pair.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { outside, type Pair } from './pair.ts';
import { connect, fixture, startServer } from './traffic.ts';

const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');

/** `envoy_server_live`, or `envoy_tcp_downstream_cx_total envoy_tcp_prefix`: a metric, and its labels. */
const documented = [...page.matchAll(/^\| `(envoy_\w+)` \|([^|]*)\|/gm)].map(([, metric, labels = '']) =>
  [metric, ...(labels.match(/\w+/g) ?? [])].join(' '),
);
const shapeOf = (series: string): string => {
  const [, metric, labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const names = [...labels.matchAll(/(\w+)="[^"]*"/g)].map(([, name]) => name);
  return [metric, ...names].join(' ');
};

describe("the proxy's metrics", () => {
  let pair: Pair;
  let envoy: Envoy;

  before(async () => {
    pair = await createCapturedPair();
    const probe = { address: pair.pod.addresses.ipv4, port: port(8080), periodSeconds: 1, timeoutSeconds: 1 };
    const ports = { outboundPort: port(15001), inboundPort: port(15006) };
    const httpPorts = [{ port: port(8082), protocol: 'http' }] as const;
    const endpoint = { host: pair.peer.addresses.ipv4, port: port(4317) };
    const tracing = { endpoint, sampling: 0, service: 'web', resource: {} };
    await startServer(pair.pod, [8080], { uid: 1000 });
    await pair.pod.spawn(process.execPath, [fixture('status-app.ts'), '8082'], { uid: 1000 }).nextLine();
    await startServer(pair.peer, [80]);
    envoy = await startEnvoy(pair.pod, (adminSocket) =>
      renderBootstrap({
        ...ports,
        families: ['ipv4', 'ipv6'],
        adminSocket,
        probes: [probe],
        httpPorts,
        tracing,
      }),
    );
    await request('/200');
  });

  after(async () => {
    await envoy?.stop();
    await pair?.close();
  });

  const request = (...paths: readonly string[]) =>
    pair.peer.exec(
      'curl',
      paths.flatMap((path) => ['-s', `http://${pair.pod.addresses.ipv4}:8082${path}`]),
    );

  it('are those that the documentation names, with their labels, and no other', async () => {
    const series = [...(await envoy.metrics()).keys()];
    expect([...new Set(series.map(shapeOf))].toSorted()).to.deep.equal(documented.toSorted());
  });

  it('are as many as it tells, before traffic and after', async () => {
    const numbers =
      /(\d+) of them, (\d+) for\s+each TCP probe .+ (\d+) for each port .+ (\d+) for all .+ (\d+) where requests/.exec(
        page,
      );
    const [fixed = 0, ofProbe = 0, ofPort = 0, ofPorts = 0, ofTraces = 0] =
      numbers?.slice(1).map(Number) ?? [];
    const before = await envoy.metrics();
    const ofStatus200 = 1;
    expect(before.size).to.equal(fixed + ofProbe + ofPort + ofPorts + ofTraces + ofStatus200);
    const own = pair.pod.addresses;
    await connect(pair.pod, { address: outside.ipv4, port: 80 }, { uid: 1000 });
    await connect(pair.pod, { address: outside.ipv6, port: 80 }, { uid: 1000 });
    await connect(pair.peer, { address: own.ipv4, port: 8080 });
    await connect(pair.peer, { address: own.ipv6, port: 8089 });
    await connect(pair.peer, { address: own.ipv6, port: 15006 });
    await request('/200');
    expect([...(await envoy.metrics()).keys()]).to.deep.equal([...before.keys()]);
  });

  it('count connections, bytes and failures, by direction and by cluster', async () => {
    const before = await envoy.metrics();
    const answer = await connect(pair.pod, { address: outside.ipv4, port: 80 }, { uid: 1000 });
    const bytes = JSON.stringify(answer).length + 1;
    await connect(pair.peer, { address: pair.pod.addresses.ipv4, port: 8089 });
    await connect(pair.peer, { address: pair.pod.addresses.ipv4, port: 15006 });
    const after = await envoy.metrics();
    const ours = [...after].filter(([series]) =>
      /="(virtual|PassthroughC|InboundPassthroughC|BlackHole)/.test(series),
    );
    const moved = ours.map(([series, value]) => [series, value - (before.get(series) ?? 0)] as const);
    expect(Object.fromEntries(moved.filter(([, by]) => by !== 0))).to.deep.equal({
      'envoy_listener_downstream_cx_total{envoy_listener_name="virtualOutbound"}': 1,
      'envoy_listener_downstream_cx_total{envoy_listener_name="virtualInbound"}': 2,
      'envoy_tcp_downstream_cx_total{envoy_tcp_prefix="virtualOutbound-catchall-tcp"}': 1,
      'envoy_tcp_downstream_cx_total{envoy_tcp_prefix="virtualInbound-catchall-tcp"}': 1,
      'envoy_tcp_downstream_cx_total{envoy_tcp_prefix="virtualInbound-blackhole"}': 1,
      'envoy_tcp_downstream_cx_tx_bytes_total{envoy_tcp_prefix="virtualOutbound-catchall-tcp"}': bytes,
      'envoy_cluster_upstream_cx_total{envoy_cluster_name="PassthroughCluster"}': 1,
      'envoy_cluster_upstream_cx_rx_bytes_total{envoy_cluster_name="PassthroughCluster"}': bytes,
      'envoy_cluster_upstream_cx_total{envoy_cluster_name="InboundPassthroughCluster"}': 1,
      'envoy_cluster_upstream_cx_connect_fail{envoy_cluster_name="InboundPassthroughCluster"}': 1,
      'envoy_cluster_upstream_cx_none_healthy{envoy_cluster_name="BlackHoleCluster"}': 1,
    });
  });

  it('count requests, answers by status and times, where HTTP is declared', async () => {
    const port = 'envoy_http_conn_manager_prefix="inbound|8082||"';
    const answers = (code: number) =>
      `envoy_cluster_upstream_rq{envoy_response_code="${code}",envoy_cluster_name="InboundPassthroughHttpCluster"}`;
    const classed = (first: number) =>
      `envoy_http_downstream_rq_xx{envoy_response_code_class="${first}",${port}}`;
    const took = (le: string) => `envoy_http_downstream_rq_time_bucket{${port},le="${le}"}`;
    const [total, ended] = ['total', 'time_count'].map((it) => `envoy_http_downstream_rq_${it}{${port}}`);
    /** Times are told as of up to five seconds ago. */
    const settled = async () => {
      let metrics = await envoy.metrics();
      const complete = async (): Promise<boolean> => {
        metrics = await envoy.metrics();
        return metrics.get(total ?? '') === metrics.get(ended ?? '');
      };
      await until(complete, AbortSignal.timeout(30_000));
      return metrics;
    };
    const before = await settled();
    // The last one takes 600 ms.
    await request('/200', '/200', '/404', '/500', '/503', '/200?600');
    const after = await settled();
    const by = (series: string) => (after.get(series) ?? Number.NaN) - (before.get(series) ?? 0);
    expect(by(`envoy_http_downstream_rq_total{${port}}`)).to.equal(6);
    expect([200, 404, 500, 503].map(answers).map(by)).to.deep.equal([3, 1, 1, 1]);
    expect([1, 2, 3, 4, 5].map(classed).map(by)).to.deep.equal([0, 3, 0, 1, 2]);
    expect(by(took('10000')) - by(took('500'))).to.be.at.least(1);
    expect(by(`envoy_http_downstream_rq_time_count{${port}}`)).to.equal(6);
    expect(by(`envoy_http_downstream_rq_time_sum{${port}}`)).to.be.at.least(580);
    expect(by(`envoy_http_downstream_cx_rx_bytes_total{${port}}`)).to.be.within(6 * 50, 6 * 500);
    expect(by(`envoy_http_downstream_cx_tx_bytes_total{${port}}`)).to.be.within(6 * 50, 6 * 500);
  });
});
