import { expect } from 'chai';
import { until } from '../cluster/polling.ts';
import type { Host } from './host.ts';
import { createHttpPod, type HttpPod, run } from './http-pod.ts';
import type { Program } from './program.ts';
import { connect, startServer } from './traffic.ts';

const [rawPort, appPort, eitherPort, http2Port, bytesPort, deadPort] = [8080, 8081, 8082, 8083, 9000, 9001];
const [cluster, undeclared] = ['InboundPassthroughHttpCluster', 'InboundPassthroughCluster'];

/** Requests that pass unchanged. What the proxy has to know it reads, and writes again as it was. */
const requests: Readonly<Record<string, readonly string[]>> = {
  'with odd spelling, a path that could be cleaned, and headers that proxies write': [
    'POST /a%2Fb//c/../d/./?q=%41&r=%zz HTTP/1.1',
    'Host: Shop.Example',
    'X-CUSTOM-header: A, b',
    'x_under_score: 1',
    'X-Forwarded-FOR: 10.1.2.3',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Client-Cert: By=me',
    'X-Request-ID: mine',
    'Via: 1.1 elsewhere',
    'CONTENT-length: 8',
    '',
    'helloEND',
  ],
  'that says as little as it can': ['GET /END HTTP/1.1', 'Host: END', '', ''],
  'whose only forwarding header is for an address of a private network': [
    'GET / HTTP/1.1',
    'Host: shop',
    'x-forwarded-for: 10.1.2.3',
    'X-End: END',
    '',
    '',
  ],
  'with a trailer': [
    'POST /sum HTTP/1.1',
    'Host: shop',
    'TRAILER: X-Sum',
    'Transfer-Encoding: chunked',
    '',
    '5',
    'hello',
    '0',
    'x-sum: END',
    '',
    '',
  ],
  'of a method that is not of HTTP': [
    'PROPFIND /dav HTTP/1.1',
    'Host: shop',
    'depth: 1',
    'Content-Length: 3',
    '',
    'END',
  ],
  'that asks before it sends': [
    'PUT /big HTTP/1.1',
    'Host: shop',
    'Expect: 100-continue',
    'Content-Length: 3',
    '',
    'END',
  ],
  'with 150 headers, one of 100 KiB': [
    'GET / HTTP/1.1',
    'Host: shop',
    ...Array.from({ length: 149 }, (_, index) => `X-${index}: ${index}`),
    `X-Long: ${'x'.repeat(100 * 1024)}END`,
    '',
    '',
  ],
};

describe('a port on which HTTP is declared, behind the real Envoy and the real rules', () => {
  let pod: HttpPod;
  let rawApp: Program;

  before(async function () {
    this.timeout(60_000);
    pod = await createHttpPod({
      [rawPort]: 'http',
      [appPort]: 'http',
      [eitherPort]: 'http',
      [http2Port]: 'http2',
      [deadPort]: 'http',
    });
    rawApp = await pod.start('raw-app.ts', rawPort);
    await pod.start('http-app.ts', appPort);
    await pod.start('http2-app.ts', eitherPort);
    await pod.start('http2-app.ts', http2Port);
    await startServer(pod.pod, [bytesPort]);
  });

  after(() => pod?.close());

  const own = (family: 'ipv4' | 'ipv6' = 'ipv4'): string => pod.pod.addresses[family];

  /** What the application reads and the client gets, byte by byte. From the pod itself there is no proxy between. */
  async function exchange(from: Host, lines: readonly string[], family?: 'ipv4' | 'ipv6') {
    const answer = await run(from, 'exchange.ts', [own(family), `${rawPort}`], lines.join('\r\n'));
    expect(answer, 'answered by the application').to.match(/FIN$/);
    return { read: JSON.parse(await rawApp.nextLine()), answer };
  }

  for (const [what, lines] of Object.entries(requests)) {
    it(`carries a request ${what} and its answer as they are, byte by byte`, async () => {
      const proxied = await exchange(pod.peer, lines);
      expect(proxied.read).to.equal(lines.join('\r\n'));
      expect(proxied).to.deep.equal(await exchange(pod.pod, lines));
    });
  }

  it('does so over IPv6, from the passthrough source', async () => {
    const lines = ['GET / HTTP/1.1', 'Host: shop', 'X-End: END', '', ''];
    const before = await pod.connections(cluster);
    expect((await exchange(pod.peer, lines, 'ipv6')).read).to.equal(lines.join('\r\n'));
    expect(await pod.connections(cluster)).to.equal(before + 1);
  });

  it('takes HTTP/1.0, which goes on as 1.1', async () => {
    const { read, answer } = await exchange(pod.peer, ['GET /old HTTP/1.0', 'X-End: END', '', '']);
    expect(read).to.equal(['GET /old HTTP/1.1', 'host: localhost', 'X-End: END', '', ''].join('\r\n'));
    expect(answer).to.match(/FIN$/);
  });

  it('takes the offer of TLS from a request that makes one, and the request goes on', async () => {
    const offer = [
      'GET / HTTP/1.1',
      'Host: shop',
      'Connection: Upgrade',
      'Upgrade: TLS/1.2',
      'X-End: END',
      '',
      '',
    ];
    const { read } = await exchange(pod.peer, offer);
    expect(read).to.equal(['GET / HTTP/1.1', 'Host: shop', 'X-End: END', '', ''].join('\r\n'));
  });

  for (const { version, flag, declared, at } of [
    { version: '1.1', flag: '--http1.1', declared: 'http', at: appPort },
    { version: '2.0', flag: '--http2-prior-knowledge', declared: 'http', at: eitherPort },
    { version: '2.0', flag: '--http2-prior-knowledge', declared: 'http2', at: http2Port },
  ]) {
    it(`speaks HTTP/${version} with the application on a port of ${declared} as the peer does, and adds no header`, async () => {
      const ask = async (host: Host) => {
        const args = ['-s', '-D', '-', '-d', 'body', '-H', 'X-Mine: 1', flag, `http://${own()}:${at}/a/../b`];
        const { stdout } = await host.exec('curl', ['--path-as-is', ...args]);
        const [head = '', body] = stdout.split('\r\n\r\n');
        const seen = /^x-seen: (.*)$/im.exec(head)?.[1] ?? `{"answer": ${JSON.stringify(stdout)}}`;
        const names = head.split('\r\n').map((line) => line.split(':')[0] ?? '');
        const ofConnection = ['Connection', 'Keep-Alive'];
        return {
          seen: JSON.parse(seen),
          names: names.filter((name) => !ofConnection.includes(name)),
          body: body?.toLowerCase(),
        };
      };
      const before = await pod.connections(cluster);
      const proxied = await ask(pod.peer);
      expect(proxied.seen, JSON.stringify(proxied)).to.have.property('version', version);
      expect(proxied).to.deep.equal(await ask(pod.pod));
      expect(proxied.body).to.match(/^body/);
      expect(await pod.connections(cluster)).to.equal(before + 1);
    });
  }

  it('carries a WebSocket', async () => {
    const url = `ws://${own()}:${appPort}/chat`;
    expect(await run(pod.peer, 'web-socket.ts', [url, 'hello'])).to.equal('hello\n');
  });

  it('carries the answer to a request for a WebSocket as it is written', async () => {
    const upgrade = ['GET / HTTP/1.1', 'Host: shop', 'Connection: Upgrade', 'Upgrade: websocket', '', ''];
    const answer = await run(pod.peer, 'exchange.ts', [own(), `${appPort}`], upgrade.join('\r\n'));
    expect(answer.split('\r\n')).to.include.members([
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
    ]);
  });

  it('carries what CONNECT connects', async () => {
    const tunnel = ['CONNECT elsewhere:443 HTTP/1.1', 'Host: elsewhere:443', '', 'to and FIN'].join('\r\n');
    const answer = await run(pod.peer, 'exchange.ts', [own(), `${appPort}`], tunnel);
    expect(answer).to.match(/^HTTP\/1.1 200 Connected\r\n(.+\r\n)*\r\nto and FIN$/);
  });

  it('streams bodies in both directions at once, and large ones whole, with trailers', async () => {
    const size = 64 * 2 ** 20;
    const answer = await run(pod.peer, 'duplex.ts', [own(), `${appPort}`, `${size}`]);
    expect(JSON.parse(answer)).to.deep.equal({
      first: 'first',
      second: 'second',
      bytes: size,
      trailers: ['x-sum', 'whole'],
    });
  });

  it('keeps a quiet connection of a peer, and for a moment its own to the application', async () => {
    const agent = [own(), `${appPort}`, '1000'];
    expect(await run(pod.peer, 'twice.ts', agent)).to.equal('200 200 on one connection\n');
    await until(async () => (await pod.openConnections(cluster)) === 0, AbortSignal.timeout(20_000));
  });

  for (const [status, what, lines] of [
    ['400 Bad Request', 'what is no HTTP', ['HELLO', '', '']],
    [
      '403 Forbidden',
      'an upgrade that it does not know',
      ['GET / HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: h3', '', ''],
    ],
    [
      '404 Not Found',
      'a request about the server itself',
      ['OPTIONS * HTTP/1.1', 'Host: a', 'Connection: close', '', ''],
    ],
    [
      '431 Request Header Fields Too Large',
      'more than 2000 headers',
      ['GET / HTTP/1.1', ...Array.from({ length: 2001 }, (_, index) => `X-${index}: 1`), '', ''],
    ],
  ] as const) {
    it(`answers ${status} to ${what}`, async () => {
      const answer = await run(pod.peer, 'exchange.ts', [own(), `${appPort}`], lines.join('\r\n'));
      expect(answer.split('\r\n')[0]).to.equal(`HTTP/1.1 ${status}`);
    });
  }

  for (const [what, sent, seen] of [
    [
      'adds a length of zero to a request without a body whose method may have one',
      ['-X', 'PROPFIND'],
      ['content-length', '0'],
    ],
    [
      'takes off the headers by which clients steer an Envoy',
      ['-H', 'x-envoy-max-retries: 9', '-H', 'x-envoy-upstream-rq-timeout-ms: 1'],
      [],
    ],
  ] as const) {
    it(what, async () => {
      const args = [
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%header{x-seen}',
        '-H',
        'User-Agent: me',
        '-H',
        'Accept:',
        ...sent,
        `http://${own()}:${appPort}/`,
      ];
      const { stdout } = await pod.peer.exec('curl', args);
      const usual = ['Host', `${own()}:${appPort}`, 'User-Agent', 'me'];
      expect(JSON.parse(stdout).headers).to.deep.equal([...usual, ...seen]);
    });
  }

  it('answers 503 where nobody listens', async () => {
    const args = ['-s', '-o', '/dev/null', '-w', '%{http_code}', `http://${own()}:${deadPort}/`];
    expect((await pod.peer.exec('curl', args)).stdout).to.equal('503');
  });

  it('leaves a port beside it on which nothing is declared to a server that speaks first', async () => {
    const before = await pod.connections(undeclared);
    const answer = await connect(pod.peer, { address: own(), port: bytesPort });
    expect(answer).to.deep.include({ program: 'server', local: { address: own(), port: bytesPort } });
    expect(await pod.connections(undeclared)).to.equal(before + 1);
  });
});
