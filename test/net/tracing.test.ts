import { mkdir, rm, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { type BootstrapInput, renderBootstrap } from '../../proxy/bootstrap.ts';
import type { Tracing } from '../../proxy/tracing.ts';
import { parseEndpoint } from '../../settings/endpoint.ts';
import { port } from '../../settings/port.ts';
import { until } from '../cluster/polling.ts';
import { createCapturedPair } from './captured-pair.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { outside, type Pair } from './pair.ts';
import type { Program } from './program.ts';
import { fixture } from './traffic.ts';

const uid = 1000;
const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';
const context = { sampled: `00-${trace}-${parent}-01`, notSampled: `00-${trace}-${parent}-00` };

interface Span {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

describe('traces of requests', () => {
  let pair: Pair;
  let envoy: Envoy | undefined;
  let collector: Program | undefined;

  before(async () => {
    pair = await createCapturedPair();
    await pair.pod.spawn(process.execPath, [fixture('http-app.ts'), '8082'], { uid }).nextLine();
    // What is sent there is answered by nobody and nothing.
    await pair.peer.exec('ip', ['route', 'add', 'blackhole', '203.0.113.99/32']);
  });
  afterEach(async () => {
    await envoy?.stop();
    await collector?.stop();
    [envoy, collector] = [undefined, undefined];
  });
  after(() => pair?.close());

  const collect = async (address = `${pair.peer.addresses.ipv4}:4317`): Promise<Program> => {
    collector = pair.peer.spawn(process.execPath, [fixture('otlp-collector.ts'), address]);
    expect(await collector.nextLine()).to.equal('ready');
    return collector;
  };
  /** Spans are sent within five seconds. */
  const nextSpan = async (): Promise<Span> => JSON.parse((await collector?.nextLine()) ?? '');

  const trust = (text: string) => {
    const endpoint = parseEndpoint(text);
    if (!endpoint.ok || endpoint.value === undefined) throw new Error(text);
    return endpoint.value;
  };
  const start = async (
    sampling: number | 'off',
    { to = `${pair.peer.addresses.ipv4}:4317`, ...more }: { to?: string } & Partial<BootstrapInput> = {},
  ): Promise<Envoy> => {
    const who: Pick<Tracing, 'service' | 'resource'> = {
      service: 'web',
      resource: { 'service.namespace': 'shop', 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'web-1' },
    };
    const input: Omit<BootstrapInput, 'adminSocket'> = {
      outboundPort: port(15001),
      inboundPort: port(15006),
      families: ['ipv4', 'ipv6'],
      httpPorts: [{ port: port(8082), protocol: 'http' }],
      ...(sampling !== 'off' && { tracing: { endpoint: trust(to), sampling, ...who } }),
      ...more,
    };
    envoy = await startEnvoy(pair.pod, (adminSocket) => renderBootstrap({ ...input, adminSocket }));
    return envoy;
  };

  /** Bytes that the proxy has in use, now: its metrics tell them as of some seconds ago. */
  async function allocated({ adminSocket }: Envoy): Promise<number> {
    const args = ['-s', '--unix-socket', adminSocket, 'http://localhost/memory'];
    return Number(JSON.parse((await pair.peer.exec('curl', args)).stdout).allocated);
  }

  /** The most that it has in use while something goes on. */
  async function mostAllocated(envoy: Envoy, during: Promise<unknown>): Promise<number> {
    let [most, over] = [0, false];
    const end = during.finally(() => {
      over = true;
    });
    while (!over) most = Math.max(most, await allocated(envoy));
    await end;
    return most;
  }

  /** Asks the application, and gives the headers that it got. */
  async function ask(
    path: string,
    headers: readonly string[] = [],
  ): Promise<Readonly<Record<string, string>>> {
    const args = headers.flatMap((header) => ['-H', header]);
    const url = `http://${pair.pod.addresses.ipv4}:8082${path}`;
    const { stdout } = await pair.peer.exec('curl', ['-si', '--max-time', '20', ...args, url]);
    const { headers: raw } = JSON.parse(/^x-seen: (.*)$/im.exec(stdout)?.[1] ?? `{"answer": "${stdout}"}`);
    return Object.fromEntries(
      raw.flatMap((name: string, at: number) => (at % 2 ? [] : [[name, raw[at + 1]]])),
    );
  }

  describe('of which all are to be sampled', () => {
    it('are begun where there is none, and go on in the application', async () => {
      await collect();
      await start(100);
      const { Host, traceparent = '', tracestate, ...rest } = await ask('/cart?item=1');
      const { trace, id, attributes, ...span } = (await nextSpan()) as Span & Record<string, unknown>;
      expect(span).to.deep.include({ name: 'GET', kind: 'SERVER', authority: '10.77.0.2:4317' });
      expect(span).not.to.have.property('parent');
      expect(attributes).to.deep.include({
        'http.method': 'GET',
        'http.url': 'http://10.77.0.1:8082/cart',
        'http.status_code': '200',
        'http.protocol': 'HTTP/1.1',
        'peer.address': '10.77.0.2',
        response_flags: '-',
      });
      expect(span.resource).to.deep.include({
        'service.name': 'web',
        'service.namespace': 'shop',
        'k8s.namespace.name': 'shop',
        'k8s.pod.name': 'web-1',
      });
      expect(traceparent).to.equal(`00-${trace}-${id}-01`);
      expect(trace).to.match(/^[0-9a-f]{32}$/);
      // No other header is added; of an empty tracestate there is no more to say than its name.
      expect(tracestate).to.equal('');
      expect(Object.keys(rest)).to.deep.equal(['User-Agent', 'Accept']);
    });

    it('are gone on with where there is one', async () => {
      await collect();
      await start(100);
      const seen = await ask('/', [`traceparent: ${context.sampled}`, 'tracestate: a=b']);
      const span = await nextSpan();
      expect(span).to.deep.include({ trace, parent });
      expect(seen).to.deep.include({ traceparent: `00-${trace}-${span.id}-01`, tracestate: 'a=b' });
    });

    it('hold no request that is said not to be sampled', async () => {
      await collect();
      await start(100);
      const seen = await ask('/quiet', [`traceparent: ${context.notSampled}`]);
      expect(seen.traceparent).to.match(new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`));
      await ask('/loud');
      expect((await nextSpan()).attributes['http.url']).to.match(/\/loud$/);
    });

    it('tell of failures', async () => {
      await pair.pod.spawn(process.execPath, [fixture('status-app.ts'), '8083'], { uid }).nextLine();
      await collect();
      await start(100, { httpPorts: [8083, 8084].map((at) => ({ port: port(at), protocol: 'http' })) });
      const own = `http://${pair.pod.addresses.ipv4}`;
      await pair.peer.exec('curl', ['-s', `${own}:8083/500`, `${own}:8084/nobody`]);
      const failed = { status: { code: 'ERROR' } };
      const [said, unheard] = [await nextSpan(), await nextSpan()];
      expect(said).to.deep.include(failed);
      expect(said.attributes).to.include({ 'http.status_code': '500', response_flags: '-' });
      expect(unheard).to.deep.include(failed);
      expect(unheard.attributes).to.include({ 'http.status_code': '503', response_flags: 'UF' });
    });

    it('leave x-request-id, b3 and what is no trace context as they are', async () => {
      await collect();
      await start(100);
      const own = { 'x-request-id': '0af76519-16cd-43dd-8448-eb211c80319c', b3: `${trace}-${parent}-1` };
      expect(
        await ask(
          '/',
          Object.entries(own).map((pair) => pair.join(': ')),
        ),
      ).to.deep.include(own);
      expect(await ask('/', ['traceparent: nonsense'])).to.deep.include({ traceparent: 'nonsense' });
    });
  });

  describe('of which none is to be sampled', () => {
    it('are those that arrive as sampled', async () => {
      await collect();
      await start(0);
      expect((await ask('/quiet')).traceparent).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      await ask('/loud', [`traceparent: ${context.sampled}`]);
      const span = await nextSpan();
      expect(span).to.deep.include({ trace, parent });
      expect(span.attributes['http.url']).to.match(/\/loud$/);
    });
  });

  it('are begun for about the share that is asked for', async () => {
    await collect();
    const running = await start(25);
    const url = `http://${pair.pod.addresses.ipv4}:8082/[1-2000]`;
    await pair.peer.exec('curl', ['-s', url]);
    const sent = 'envoy_tracing_opentelemetry_spans_sent{}';
    await until(async () => ((await running.metrics()).get(sent) ?? 0) >= 400, AbortSignal.timeout(30_000));
    // Of 2000 tosses with 1/4, 99.9999 of 100 times fewer than 600 are hit.
    expect((await running.metrics()).get(sent)).to.be.below(600);
  });

  it('are left alone where tracing is off', async () => {
    await start('off');
    const own = { traceparent: context.sampled, tracestate: 'a=b', b3: `${trace}-${parent}-1` };
    const seen = await ask(
      '/',
      Object.entries(own).map((pair) => pair.join(': ')),
    );
    expect(seen).to.deep.include(own);
    expect(Object.keys(await ask('/'))).to.deep.equal(['Host', 'User-Agent', 'Accept']);
  });

  for (const [what, to] of [
    ['of which nothing is heard', '203.0.113.99:4317'],
    ['that refuses connections', '10.77.0.2:4318'],
  ] as const) {
    it(`cost requests nothing with a collector ${what}, and no memory`, async () => {
      const running = await start(100, { to });
      const url = `http://${pair.pod.addresses.ipv4}:8082/`;
      const load = async (requests: number) => {
        const args = ['-s', '--max-time', '60', '-o', '/dev/null', '-w', '%{http_code} %{time_total}\n'];
        const { stdout } = await pair.peer.exec('curl', [...args, `${url}[1-${requests}]`]);
        return stdout
          .trim()
          .split('\n')
          .map((line) => line.split(' ').map(Number));
      };
      await load(1000);
      const before = await allocated(running);
      const answers = await load(3000);
      expect(answers.filter(([code]) => code === 200)).to.have.lengthOf(3000);
      const times = answers.map(([, seconds = Number.NaN]) => seconds).toSorted((one, other) => one - other);
      // A request that waited for the collector would take a second, the time in which it is given up.
      expect(times[2700]).to.be.below(0.5);
      // 3000 spans, kept, would take more than 3 MB.
      expect((await allocated(running)) - before).to.be.below(2 ** 20);
    });
  }

  it('take little memory where nobody hears them, however long the headers of requests', async () => {
    const app = ['--max-http-header-size=1000000', fixture('status-app.ts'), '8085'];
    await pair.pod.spawn(process.execPath, app, { uid }).nextLine();
    const httpPorts = [{ port: port(8085), protocol: 'http' }] as const;
    const running = await start(100, { to: '203.0.113.99:4317', httpPorts });
    const before = await allocated(running);
    const load = pair.peer.exec('/usr/bin/python3', [
      fixture('long-headers.py'),
      pair.pod.addresses.ipv4,
      ...['8085', '400', '100000', 'user-agent', 'x-request-id', 'x-client-trace-id'],
    ]);
    const most = await mostAllocated(running, load);
    expect((await load).stdout).to.equal('400 answers of 200\n');
    // Together they hold 120 MB. 16 messages, and what is not sent yet, of five spans each are 26.
    expect(most - before).to.be.below(40 * 2 ** 20);
  });

  describe('with a collector that has a name', () => {
    let folder: string;
    const dns = async (...records: readonly string[]): Promise<Program> => {
      const program = pair.peer.spawn('/usr/bin/python3', [
        fixture('dns.py'),
        pair.peer.addresses.ipv4,
        ...records,
      ]);
      expect(await program.nextLine()).to.equal('ready');
      return program;
    };

    before(async () => {
      folder = `/etc/netns/${pair.pod.name}`;
      await mkdir(folder, { recursive: true });
      await writeFile(`${folder}/resolv.conf`, `nameserver ${pair.peer.addresses.ipv4}\n`);
    });
    after(() => rm(folder, { recursive: true }));

    it('begin once there is an answer for it; the proxy starts before', async () => {
      const running = await start(100, { to: 'collector.example:4317' });
      await ask('/early');
      await collect();
      const names = await dns(`collector.example=${pair.peer.addresses.ipv4}`);
      const connected = async (): Promise<boolean> => {
        await ask('/late');
        return (
          ((await running.metrics()).get('envoy_cluster_upstream_cx_total{envoy_cluster_name="tracing"}') ??
            0) > 0
        );
      };
      await until(connected, AbortSignal.timeout(50_000));
      expect((await nextSpan()).attributes['http.url']).to.match(/\/(early|late)$/);
      await names.stop();
    });

    it('are of outbound requests to hosts that are allowed by name, too', async () => {
      await collect();
      const names = await dns(`shop.example=${outside.ipv4}`);
      await pair.peer.spawn(process.execPath, [fixture('http-app.ts'), '80']).nextLine();
      await start(100, {
        outbound: {
          kind: 'blackhole',
          allowedCidrs: [],
          allowedPorts: [{ port: port(80), names: ['shop.example'] }],
        },
      });
      const args = ['-si', '-H', 'Host: shop.example', `http://${pair.peer.addresses.ipv4}/list`];
      const { stdout } = await pair.pod.exec('curl', args, { uid });
      const { trace, id, attributes, ...span } = (await nextSpan()) as Span & Record<string, unknown>;
      expect(stdout).to.contain(`00-${trace}-${id}-01`);
      expect(span).to.deep.include({ name: 'GET', kind: 'CLIENT' });
      expect(attributes['http.url']).to.equal('http://shop.example/list');
      await names.stop();
    });
  });
});
