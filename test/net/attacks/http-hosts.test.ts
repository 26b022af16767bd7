import { expect } from 'chai';
import { outside } from '../pair.ts';
import { fixture } from '../traffic.ts';
import { attacker, type BlackholedPod, createBlackholedPod, forbidden } from './blackholed-pod.ts';
import { sendBytes, statusesOf } from './send-bytes.ts';
import { type Wire, watchWire } from './wire.ts';

const request = (target: string, ...headers: readonly string[]): string =>
  [`GET ${target} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n');
const toHost = (host: string): string => request('/', `Host: ${host}`);
const upgrade = [
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
];

describe('a request to an address that is forbidden', () => {
  let pod: BlackholedPod;
  let wire: Wire;

  before(async function () {
    this.timeout(60_000);
    pod = await createBlackholedPod({
      'allow-outbound-hosts': 'shop.example,*.wild.example,shop.example:8080',
    });
    for (const [program, port] of [
      ['http-server.ts', '80'],
      ['http2-app.ts', '8080'],
    ] as const)
      await pod.peer.spawn(process.execPath, [fixture(program), port]).nextLine();
    wire = await watchWire(pod);
  });
  after(() => pod?.close());

  const send = (...sent: readonly string[]): Promise<string> =>
    sendBytes(pod.pod, { address: forbidden.ipv4, port: 80 }, sent, attacker);

  const taken: readonly (readonly [string, string])[] = [
    ['is written in full', request('http://shop.example/', 'Host: forbidden.example')],
    ['has a user in front', request('http://forbidden.example@shop.example/', 'Host: x')],
    [
      'is told of others by the headers of proxies',
      request(
        '/',
        'Host: shop.example',
        'X-Forwarded-Host: forbidden.example',
        'X-Host: forbidden.example',
        'Forwarded: host=forbidden.example',
        `x-envoy-original-dst-host: ${forbidden.ipv4}:80`,
        'x-envoy-upstream-alt-stat-name: admin',
      ),
    ],
    ['offers HTTP/2', request('/', 'Host: shop.example', ...upgrade.slice(1))],
  ];
  for (const [what, sent] of taken) {
    it(`leads to the allowed host that it names, and says so there, when it ${what}`, async () => {
      const answer = await send(sent);
      expect(statusesOf(answer)).to.deep.equal([200]);
      const seen = JSON.parse(answer.slice(answer.indexOf('{')));
      expect(seen.local).to.deep.equal({ address: outside.ipv4, port: 80 });
      // Who is allowed and serves others as well hears of the same name that was judged.
      expect(seen.rawHeaders.slice(0, 2)).to.deep.equal(['Host', 'shop.example']);
      expect(await wire.strays()).to.deep.equal([]);
    });
  }

  const refused: readonly (readonly [number, string, string])[] = [
    [403, 'names another in full', request('http://forbidden.example/', 'Host: shop.example')],
    [
      403,
      'has the allowed name for a user',
      request('http://shop.example@forbidden.example/', 'Host: shop.example'),
    ],
    [403, 'names two, the allowed one first', request('/', 'Host: shop.example', 'Host: forbidden.example')],
    [403, 'names two, the allowed one last', request('/', 'Host: forbidden.example', 'Host: shop.example')],
    [403, 'names one twice', request('/', 'Host: shop.example', 'Host: shop.example')],
    [400, 'names one over two lines', request('/', 'Host: shop.example', ' .forbidden.example')],
    [400, 'names one as HTTP/2 does', request('/', 'Host: shop.example', ':authority: forbidden.example')],
    [400, 'names nobody', request('/')],
    [403, 'names nobody by an empty name', toHost('')],
    [426, 'is of HTTP/1.0', 'GET / HTTP/1.0\r\nHost: shop.example\r\n\r\n'],
    [426, 'is of HTTP/1.0 and names nobody', 'GET / HTTP/1.0\r\n\r\n'],
    [426, 'is of HTTP/0.9', 'GET /\r\n'],
    [403, 'offers HTTP/2 to another', request('/', 'Host: forbidden.example', ...upgrade.slice(1))],
    [
      404,
      'wants a tunnel to another',
      'CONNECT forbidden.example:80 HTTP/1.1\r\nHost: forbidden.example:80\r\n\r\n',
    ],
    [
      404,
      'wants a tunnel to who is allowed',
      'CONNECT shop.example:80 HTTP/1.1\r\nHost: shop.example:80\r\n\r\n',
    ],
    [
      404,
      'wants a tunnel to an address',
      `CONNECT ${forbidden.ipv4}:80 HTTP/1.1\r\nHost: shop.example\r\n\r\n`,
    ],
  ];
  for (const [status, what, sent] of refused) {
    it(`is answered ${status}, and leads nowhere, when it ${what}`, async () => {
      expect(statusesOf(await send(sent))).to.deep.equal([status]);
      expect(await wire.strays()).to.deep.equal([]);
    });
  }

  const [forbiddenName, badName, noAddress] = [403, 400, 503];
  for (const [status, host] of [
    [forbiddenName, 'wild.example'],
    [forbiddenName, 'evilwild.example'],
    [forbiddenName, '.wild.example'],
    [noAddress, '*.wild.example'],
    [forbiddenName, 'shop_example'],
    [forbiddenName, 'shop.example:'],
    [forbiddenName, 'shop.example:080'],
    [forbiddenName, 'shop.example:443'],
    [forbiddenName, 'shop.example:80:80'],
    [forbiddenName, 'forbidden.example@shop.example'],
    [forbiddenName, 'shop.example@forbidden.example'],
    [noAddress, 'forbidden.example@www.wild.example'],
    [noAddress, 'forbidden.example,www.wild.example'],
    [noAddress, 'forbidden.example%00.wild.example'],
    [noAddress, 'forbidden.example%2f.wild.example'],
    [noAddress, 'forbidden.example:80:80.wild.example'],
    [noAddress, `${forbidden.ipv4}.wild.example`],
    [noAddress, `${forbidden.ipv6}%.wild.example`],
    [noAddress, `[${forbidden.ipv6}].wild.example`],
    [noAddress, `[${forbidden.ipv6}]:80.wild.example`],
    [forbiddenName, `[${forbidden.ipv6}%25.wild.example]`],
    [badName, 'forbidden.example#.wild.example'],
    [badName, 'forbidden.example/.wild.example'],
    [badName, 'forbidden.example?.wild.example'],
    [badName, 'forbidden.example\\.wild.example'],
    [badName, 'forbidden.example www.wild.example'],
    [badName, 'forbidden.example\twww.wild.example'],
    [badName, 'shop.example\0'],
    [badName, 'shop.example\x01'],
    [badName, 'shop.example\xff'],
    [forbiddenName, '0x7f.1'],
    [forbiddenName, '2130706433'],
    [forbiddenName, '127.1'],
    [forbiddenName, '[::1]'],
    [forbiddenName, `[${forbidden.ipv6}]:80`],
    [forbiddenName, `[::ffff:${forbidden.ipv4}]`],
    [forbiddenName, '169.254.169.254'],
  ] as const) {
    it(`is answered ${status}, and leads nowhere, when it names ${JSON.stringify(host)}`, async () => {
      expect(statusesOf(await send(toHost(host)))).to.deep.equal([status]);
      expect(await wire.strays()).to.deep.equal([]);
    });
  }

  it('is judged by itself behind another on the same connection', async () => {
    const allowed = 'GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n';
    for (const sent of [[allowed + toHost('forbidden.example')], [allowed, toHost('forbidden.example')]])
      expect(statusesOf(await send(...sent))).to.deep.equal([200, 403]);
    expect(await wire.strays()).to.deep.equal([]);
  });

  it('is not what follows a request for a WebSocket', async () => {
    const webSocket = ['Host: shop.example', 'Upgrade: websocket', 'Connection: Upgrade', '', ''];
    const answer = await send(['GET / HTTP/1.1', ...webSocket].join('\r\n'), toHost('forbidden.example'));
    expect(answer).not.to.contain('forbidden');
    expect(await wire.strays()).to.deep.equal([]);
  });

  describe('in HTTP/2', () => {
    const ask = async (...requests: readonly object[]): Promise<readonly Record<string, unknown>[]> => {
      const args = [forbidden.ipv6, '8080', ...requests.map((one) => JSON.stringify(one))];
      const { stdout, stderr } = await pod.pod.exec(
        process.execPath,
        [fixture('http2-requests.ts'), ...args],
        attacker,
      );
      expect(stderr).to.equal('');
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    const authority = (host: string, more: object = {}) => ({ ':authority': host, ...more });

    it('is judged by its :authority, each by itself', async () => {
      const answers = await ask(
        authority('forbidden.example:8080'),
        authority('shop.example:8080'),
        authority('forbidden.example:8080', { host: 'shop.example:8080' }),
        authority('shop.example'),
        authority('shop.example:80'),
        authority('shop.example:8080', { ':path': '/..//http://forbidden.example/' }),
      );
      expect(answers.map(({ status }) => status)).to.deep.equal([403, 200, 403, 403, 403, 200]);
      expect(await wire.strays()).to.deep.equal([]);
    });

    it('does not tell its host of another one', async () => {
      const [answer] = await ask(authority('shop.example:8080', { host: 'forbidden.example' }));
      expect(answer).to.have.property('status', 200);
      expect(JSON.stringify(answer)).not.to.contain('forbidden');
    });

    it('opens no tunnel', async () => {
      for (const host of ['shop.example:8080', 'forbidden.example:8080', `${forbidden.ipv4}:8080`]) {
        const [answer] = await ask(authority(host, { ':method': 'CONNECT' }));
        expect(answer).to.have.property('status').that.is.oneOf([403, 404]);
      }
      expect(await wire.strays()).to.deep.equal([]);
    });

    it('ends the connection where it is not well-formed', async () => {
      for (const request of [
        authority('shop.example:8080', { ':path': 'http://forbidden.example/' }),
        authority('forbidden.example@shop.example:8080'),
      ]) {
        const [answer] = await ask(request);
        expect(answer?.status ?? null).to.equal(null);
      }
      expect(await wire.strays()).to.deep.equal([]);
    });
  });
});
