import { expect } from 'chai';
import type { Host } from '../host.ts';
import { outside } from '../pair.ts';
import { fixture } from '../traffic.ts';
import { attacker, type BlackholedPod, createBlackholedPod, forbidden } from './blackholed-pod.ts';
import { naming } from './client-hello.ts';
import { http2Request } from './http2-frames.ts';
import { sendBytes, statusesOf } from './send-bytes.ts';

const [readiness, metrics] = [15021, 15090];
/** In the words of other proxies and frameworks that let a request be another one than its first line says. */
const overriding = [
  'X-HTTP-Method-Override: POST',
  'X-Original-URL: /quitquitquit',
  'X-Rewrite-URL: /quitquitquit',
  'x-envoy-original-path: /quitquitquit',
];
const ask = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'Host: a', ...headers, 'Connection: close', '', ''].join('\r\n');
const quit = 'POST /quitquitquit HTTP/1.1\r\nHost: a\r\n\r\n';

/** What no answer of the proxy tells: its version, where its admin interface is, and who is behind it. */
const secrets = /1\.40|\/run\/|admin\.sock|outrider-envoy|127\.0\.0\.|203\.0\.113|10\.77\.|c-ares/;

describe('the proxy of a black-holed pod', () => {
  let pod: BlackholedPod;

  before(async function () {
    this.timeout(60_000);
    const hosts = [
      'shop.example:80',
      'shop.example:443',
      ...[15001, 15006, 8079].map((at) => `own.wild.example:${at}`),
    ];
    pod = await createBlackholedPod(
      {
        'allow-outbound-hosts': hosts.join(),
        // With the pod's own network, where a connection to the proxy would lead to the proxy.
        'allow-outbound-cidrs': '10.77.0.0/24,fd00:77::/64',
      },
      ['own.wild.example=10.77.0.1,fd00:77::1'],
    );
    await pod.peer.spawn(process.execPath, [fixture('http-server.ts'), '80']).nextLine();
  });
  after(() => pod?.close());

  afterEach('is still there, and calls itself no more', async () => {
    const ready = await sendBytes(pod.pod, { address: '127.0.0.1', port: readiness }, [
      ask('GET /healthz/ready'),
    ]);
    expect(ready).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    const counts = await pod.envoy.metrics();
    for (const listener of ['virtualInbound', 'virtualOutbound'])
      expect(
        counts.get(`envoy_listener_downstream_cx_active{envoy_listener_name="${listener}"}`),
      ).to.be.below(5);
  });

  const send = (from: Host, address: string, port: number, ...sent: readonly (string | Uint8Array)[]) =>
    sendBytes(from, { address, port }, sent, from === pod.pod ? attacker : {});

  describe('whose capture ports are dialled as they are', () => {
    for (const port of [15001, 15006]) {
      for (const address of [
        '127.0.0.1',
        '127.9.9.9',
        '10.77.0.1',
        '::1',
        'fd00:77::1',
        outside.ipv4,
        forbidden.ipv4,
      ]) {
        it(`leads nobody on from the pod, by ${address} port ${port}`, async () => {
          for (const sent of [
            ask('GET /').replace('Host: a', `Host: own.wild.example:${port}`),
            naming('own.wild.example'),
          ])
            expect(
              statusesOf(await send(pod.pod, address, port, sent)).filter((status) => status === 200),
            ).to.deep.equal([]);
        });
      }

      for (const address of ['10.77.0.1', 'fd00:77::1']) {
        it(`is no proxy for others, by ${address} port ${port}`, async () => {
          for (const host of ['shop.example', `shop.example:${port}`, `own.wild.example:${port}`])
            expect(
              await send(pod.peer, address, port, ask('GET /').replace('Host: a', `Host: ${host}`)),
            ).to.match(/^(ECONNRESET)?$/);
          expect(await send(pod.peer, address, port, naming('own.wild.example'))).to.match(/^(ECONNRESET)?$/);
        });
      }
    }
  });

  describe('whose ports for checks are asked for more', () => {
    for (const [status, line] of [
      [404, 'GET //healthz/ready'],
      [404, 'GET /healthz/ready/'],
      [404, 'GET /healthz/./ready'],
      [404, 'GET /healthz/ready/../quitquitquit'],
      [404, 'GET /healthz/ready/..;/quitquitquit'],
      [404, 'GET /healthz/ready;x'],
      [404, 'GET /healthz/ready%2f..%2fquitquitquit'],
      [404, 'GET /%68ealthz/ready'],
      [404, 'GET /healthz%2fready'],
      [404, 'GET /HEALTHZ/ready'],
      [404, 'GET /ready'],
      [404, 'GET http://a/quitquitquit'],
      [404, 'GET http://a/healthz/ready/../../quitquitquit'],
      [404, 'POST /healthz/ready'],
      [404, 'PUT /quitquitquit'],
      [404, 'HEAD /healthz/ready'],
      [404, 'TRACE /healthz/ready'],
      [404, 'OPTIONS /healthz/ready'],
      [404, 'OPTIONS *'],
      [404, 'CONNECT a:80'],
      [400, 'GET /healthz/ready#/quitquitquit'],
      [400, 'GET \\healthz\\ready'],
      [400, 'GET quitquitquit'],
      [400, 'GET /healthz/ready /quitquitquit'],
      [400, 'get /healthz/ready'],
      [200, 'GET http://a/healthz/ready'],
      [200, 'GET /healthz/ready?/quitquitquit'],
    ] as const) {
      it(`answers ${status}, and no secrets, to ${line}`, async () => {
        const answer = await send(pod.pod, '127.0.0.1', readiness, ask(line, ...overriding));
        expect(statusesOf(answer)).to.deep.equal([status]);
        expect(answer).not.to.match(secrets);
        if (status === 200) expect(answer).to.match(/\r\nLIVE\n\r\n/);
      });
    }

    for (const [status, what, sent] of [
      [200, 'a request behind another', `GET /healthz/ready HTTP/1.1\r\nHost: a\r\n\r\n${quit}`],
      [
        200,
        'an offer of HTTP/2',
        ask('GET /healthz/ready', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'),
      ],
      [
        403,
        'a WebSocket',
        `${ask('GET /healthz/ready', 'Upgrade: websocket').replace('close', 'Upgrade')}${quit}`,
      ],
      [200, 'a body', ask('GET /healthz/ready', `Content-Length: ${quit.length}`) + quit],
      [
        400,
        'two lengths',
        ask('GET /healthz/ready', 'Content-Length: 0', `Content-Length: ${quit.length}`) + quit,
      ],
    ] as const) {
      it(`answers one request, with ${status}, to ${what}`, async () => {
        expect(statusesOf(await send(pod.pod, '127.0.0.1', readiness, sent))).to.deep.equal([status]);
      });
    }

    it('answers 400 to HTTP/2', async () => {
      for (const [port, method, path] of [
        [readiness, 'POST', '/quitquitquit'],
        [readiness, 'GET', '/healthz/ready'],
        [metrics, 'GET', '/config_dump'],
      ] as const) {
        const fields = [
          [':method', method],
          [':scheme', 'http'],
          [':path', path],
          [':authority', 'a'],
        ] as const;
        expect(statusesOf(await send(pod.pod, '127.0.0.1', port, http2Request(fields)))).to.deep.equal([400]);
      }
    });

    it('tells metrics whatever the query says, and nothing of its configuration', async () => {
      for (const query of ['?format=json', '?filter=.*', '?text_readouts', '?usedonly', '?/config_dump']) {
        const answer = await send(pod.pod, '127.0.0.1', metrics, ask(`GET /stats/prometheus${query}`));
        expect(answer)
          .to.match(/^HTTP\/1\.1 200 OK\r\n/)
          .and.to.match(/^# TYPE envoy_/m);
        expect(answer).not.to.match(secrets);
      }
    });
  });

  it('tells no secrets where it refuses, or fails', async () => {
    for (const [status, host, port] of [
      [403, 'other.example', 80],
      [400, 'a\0b', 80],
      // Nobody listens there.
      [503, 'own.wild.example:8079', 8079],
    ] as const) {
      const answer = await send(
        pod.pod,
        forbidden.ipv4,
        port,
        ask('GET /').replace('Host: a', `Host: ${host}`),
      );
      expect(statusesOf(answer)).to.deep.equal([status]);
      expect(answer).not.to.match(secrets);
    }
  });

  it('lets no other user to its admin interface, nor into its process', async () => {
    const socket = ['-s', '-S', '--max-time', '5', '--unix-socket', pod.envoy.adminSocket, 'http://a/ready'];
    const curl = await pod.pod.exec('curl', socket, attacker);
    // It could not connect.
    expect(curl.exitCode, curl.stdout).to.equal(7);
    for (const [program, file] of [
      ['ls', 'root/'],
      ['cat', 'environ'],
      ['cat', 'mem'],
    ] as const) {
      const { stderr } = await pod.pod.exec(program, [`/proc/${pod.envoy.pid}/${file}`], attacker);
      expect(stderr).to.contain('Permission denied');
    }
  });
});
