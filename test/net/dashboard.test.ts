import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { parseCidr } from '../../settings/cidr.ts';
import { port } from '../../settings/port.ts';
import { paths } from '../../webhook/server/app.ts';
import { warningPaths } from '../../webhook/server/warning-handler.ts';
import { until } from '../cluster/polling.ts';
import { pod, withAnnotations } from '../webhook/pods.ts';
import { reviewOf } from '../webhook/server/server.ts';
import { createCapturedPair } from './captured-pair.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { outside, type Pair } from './pair.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { connect, fixture, startServer } from './traffic.ts';

interface Target {
  readonly expr: string;
  readonly refId: string;
  readonly datasource: object;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}

const root = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');
const dashboard = JSON.parse(await read('charts/outrider/dashboards/outrider.json'));
const all: readonly Panel[] = dashboard.panels;
const panels = all.filter(({ type }) => type !== 'row');
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
const [observability, readme] = [await read('docs/observability.md'), await read('README.md')];

function documentedJob(): Readonly<Record<string, unknown>> {
  const [, text = ''] = /\n {4}scrape_configs:\n((?: {4}.*\n)+)/.exec(observability) ?? [];
  return parse(text.replaceAll(/^ {4}/gm, ''))[0];
}

/** As Grafana would for one namespace and all pods. */
const filledIn = (expr: string): string =>
  expr.replaceAll('$namespace', 'shop').replaceAll('$pod', '.*').replaceAll('$__rate_interval', '30s');

describe('the dashboard', () => {
  it('has each panel once, and none over another', () => {
    expect(new Set(all.map(({ id }) => id)).size).to.equal(all.length);
    expect(new Set(panels.map(({ title }) => title)).size).to.equal(panels.length);
    const cells = all.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
    expect(Math.max(...all.map(({ gridPos: { x, w } }) => x + w))).to.equal(24);
  });

  it('asks the data source that is chosen, and no other', () => {
    const [{ name, type }] = dashboard.templating.list;
    expect({ name, type }).to.deep.equal({ name: 'datasource', type: 'datasource' });
    for (const { title, datasource } of queries) {
      expect(datasource, title).to.deep.equal({ type: 'prometheus', uid: '${datasource}' });
    }
  });

  it('is of the namespaces and pods that are chosen, in all that it asks of proxies', () => {
    expect(dashboard.templating.list.map(({ name }: { name: string }) => name)).to.deep.equal([
      'datasource',
      'namespace',
      'pod',
    ]);
    for (const { title, expr } of queries) {
      const selectors = expr.match(/envoy_\w+\{[^}]*\}/g) ?? [];
      const named = expr.match(/\benvoy_\w+(?=[{[])/g) ?? [];
      expect(selectors.length, title).to.equal(named.length);
      for (const selector of selectors) {
        expect(selector, title).to.match(/namespace=~"\$namespace",pod=~"\$pod"\}$/);
      }
    }
  });

  it('asks for no metric that is not documented', () => {
    const metrics = queries.flatMap(({ expr }) => expr.match(/\b(envoy|outrider)_\w+(?=[{[]|$)/g) ?? []);
    expect(metrics.length).to.be.above(queries.length / 2);
    for (const metric of new Set(metrics)) {
      const [, family = metric] = /^(outrider_\w+_seconds)_bucket$/.exec(metric) ?? [];
      const dns = family.replace(
        /^envoy_dns_cache_allowed_hosts(_dns_(query_failure|address_filter_out))$/,
        '…$1',
      );
      expect(observability + readme).to.match(new RegExp(`\`(${family}|${dns})[\`{]`), metric);
    }
  });
});

describe('the dashboard, asked of a Prometheus that has asked a sidecar and the webhook', () => {
  let pair: Pair;
  let envoy: Envoy;
  let prometheus: Prometheus;
  let folder: string;
  let names: string;

  before(async function () {
    this.timeout(180_000);
    pair = await createCapturedPair();
    folder = await mkdtemp(join(tmpdir(), 'outrider-dashboard-'));
    names = `/etc/netns/${pair.pod.name}`;
    await mkdir(names, { recursive: true });
    await writeFile(join(names, 'resolv.conf'), `nameserver ${pair.peer.addresses.ipv4}\n`);
    await startWorld();
    envoy = await startSidecar();
    await startWebhook();
    prometheus = await startPrometheus(pair.peer, scrapes(), 2);
    await traffic();
  });
  after(async () => {
    await prometheus?.stop();
    await envoy?.stop();
    await pair?.close();
    for (const one of [folder, names]) if (one !== undefined) await rm(one, { recursive: true });
  });

  async function startWorld(): Promise<void> {
    await startServer(pair.pod, [8080], { uid: 1000 });
    await startServer(pair.peer, [81]);
    const app = fixture('status-app.ts');
    await pair.pod.spawn(process.execPath, [app, '8082'], { uid: 1000 }).nextLine();
    await pair.peer.spawn(process.execPath, [app, '80']).nextLine();
    const dns = [fixture('dns.py'), pair.peer.addresses.ipv4, `shop.example=${outside.ipv4}`];
    await pair.peer.spawn('/usr/bin/python3', dns).nextLine();
  }

  /** With a probe of a port where nobody listens, a collector that is not there, and little to which it lets the application. */
  function startSidecar(): Promise<Envoy> {
    const { ipv4 } = pair.pod.addresses;
    const allowed = parseCidr(`${pair.peer.addresses.ipv4}/32`);
    if (!allowed.ok) throw new Error(allowed.expected);
    const endpoint = { host: pair.peer.addresses.ipv4, port: port(4317) };
    return startEnvoy(pair.pod, (adminSocket) =>
      renderBootstrap({
        outboundPort: port(15001),
        inboundPort: port(15006),
        families: ['ipv4'],
        adminSocket,
        probes: [{ address: ipv4, port: port(8089), periodSeconds: 1, timeoutSeconds: 1 }],
        httpPorts: [{ port: port(8082), protocol: 'http' }],
        outbound: {
          kind: 'blackhole',
          allowedCidrs: [allowed.value],
          allowedPorts: [{ port: port(80), names: ['shop.example'] }],
        },
        tracing: { endpoint, sampling: 100, service: 'web', resource: {} },
        memoryLimit: 256 * 2 ** 20,
      }),
    );
  }

  async function startWebhook(): Promise<void> {
    const outrider = fileURLToPath(new URL('dist/outrider', root));
    const args = ['webhook', '--no-cluster', '--certificate-folder', folder, '--port', '8443'];
    const program = pair.peer.spawn(outrider, [...args, '--ip-families', 'dual']);
    while (JSON.parse(await program.nextLine()).msg !== 'ready');
  }

  /** The job of the documentation, told by hand what Kubernetes would tell it: of the proxy, and of the application beside it. */
  const scrapes = () => [
    {
      ...documentedJob(),
      kubernetes_sd_configs: undefined,
      static_configs: ['outrider-proxy', 'web'].map((container) => ({
        targets: [pair.pod.addresses.ipv4],
        labels: {
          __meta_kubernetes_pod_container_name: container,
          __meta_kubernetes_pod_ip: pair.pod.addresses.ipv4,
          __meta_kubernetes_namespace: 'shop',
          __meta_kubernetes_pod_name: 'web-1',
        },
      })),
    },
    {
      job_name: 'outrider-webhook',
      scheme: 'https',
      tls_config: { ca_file: join(folder, 'ca.crt'), server_name: 'localhost' },
      static_configs: [{ targets: ['127.0.0.1:8443'] }],
    },
  ];

  /** Some of all that a panel tells. */
  async function traffic(): Promise<void> {
    const { ipv4 } = pair.pod.addresses;
    for (const [host, to] of [
      [pair.pod, { address: pair.peer.addresses.ipv4, port: 81 }],
      [pair.pod, { address: outside.ipv4, port: 81 }],
      [pair.peer, { address: ipv4, port: 8080 }],
      [pair.peer, { address: ipv4, port: 8089 }],
    ] as const) {
      await connect(host, to, { uid: 1000 });
    }
    for (const path of ['200', '200?30', '404', '503']) {
      await pair.peer.exec('curl', ['-s', `http://${ipv4}:8082/${path}`]);
      const url = `http://${outside.ipv4}/${path}`;
      await pair.pod.exec('curl', ['-s', '-H', 'Host: shop.example', url], { uid: 1000 });
    }
    const refused = withAnnotations({ 'outrider.io/proxy-cpu': 'much' });
    const template = { spec: { template: { metadata: refused.metadata, spec: refused.spec } } };
    const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
    for (const [path, body] of [
      [paths.enabledNamespace, reviewOf(pod())],
      [paths.enabledNamespace, reviewOf(refused)],
      [warningPaths.enabledNamespace, reviewOf(template, { kind })],
    ] as const) {
      const args = ['-sk', '-H', 'Content-Type: application/json', '--data-binary', '@-'];
      const url = `https://127.0.0.1:8443${path}`;
      const { stdout } = await pair.peer.exec('curl', [...args, url], { input: body });
      expect(JSON.parse(stdout)).to.have.nested.property('response.uid');
    }
  }

  for (const { title, refId, expr } of queries) {
    it(`${title}, ${refId}`, async function () {
      this.timeout(90_000);
      const numbers = async () => (await prometheus.ask(filledIn(expr))).map(({ value }) => value);
      const told = async () => (await numbers()).some(Number.isFinite);
      // A rate needs two samples, and traffic between them: there is none of long ago.
      const toldByNow = async (): Promise<boolean> => {
        if (await told()) return true;
        await traffic();
        return false;
      };
      await until(toldByNow, AbortSignal.timeout(60_000));
      expect(await numbers(), expr).not.to.be.empty;
    });
  }

  it('names what is to be told apart', async function () {
    this.timeout(60_000);
    const of = (title: string) => filledIn(queries.find((one) => one.title === title)?.expr ?? '');
    const labels = async (title: string, name: string) =>
      (await prometheus.ask(of(title))).map((sample) => sample.labels[name]).toSorted();
    expect(await labels('New connections', 'envoy_listener_name')).to.deep.equal([
      'virtualInbound',
      'virtualOutbound',
    ]);
    const statuses = async () => (await labels('Requests by status', 'envoy_response_code')).length;
    await until(async () => (await statuses()) === 6, AbortSignal.timeout(30_000));
    expect(await labels('Requests by status', 'envoy_response_code')).to.deep.equal([
      ...['200', '200', '404', '404', '503', '503'],
    ]);
    expect(await labels('Pods reviewed', 'decision')).to.deep.equal(['deny', 'inject']);
    expect(await labels('TCP probes that fail', 'envoy_cluster_name')).to.deep.equal(['probe|0|8089']);
    expect(await labels('Memory of the webhook', 'job')).to.deep.equal(['outrider-webhook']);
  });

  it('has namespace and pod by the job that the documentation gives', async () => {
    expect(documentedJob().kubernetes_sd_configs).to.deep.equal([{ role: 'pod' }]);
    const [{ labels, value } = { labels: {}, value: 0 }, ...more] = await prometheus.ask('envoy_server_live');
    expect(more).to.be.empty;
    expect(value).to.equal(1);
    expect(labels).to.deep.equal({
      __name__: 'envoy_server_live',
      job: 'outrider-proxies',
      instance: '10.77.0.1:15090',
      namespace: 'shop',
      pod: 'web-1',
    });
  });
});
