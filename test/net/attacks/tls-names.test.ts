import { expect } from 'chai';
import { outside } from '../pair.ts';
import { fixture, startServer } from '../traffic.ts';
import { attacker, type BlackholedPod, createBlackholedPod, forbidden } from './blackholed-pod.ts';
import { clientHello, naming } from './client-hello.ts';
import { sendBytes } from './send-bytes.ts';
import { type Wire, watchWire } from './wire.ts';

/** What Envoy answers to what is no TLS to it, and so would have to be HTTP. */
const badRequest = /^HTTP\/1\.1 400 Bad Request\r\n/;
const closed = /^(ECONNRESET)?$/;

const pieces = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
/** Encrypted Client Hello (RFC 9849): what is inside nobody on the way can read. */
const encryptedClientHello = 0xfe0d;
const hidden: readonly [number, Uint8Array] = [encryptedClientHello, Buffer.alloc(200, 1)];

describe('a handshake with an address that is forbidden', () => {
  let pod: BlackholedPod;
  let wire: Wire;

  before(async function () {
    this.timeout(60_000);
    pod = await createBlackholedPod({}, [`a.b.wild.example=${outside.ipv4}`]);
    await startServer(pod.peer, [443]);
    await pod.peer.spawn(process.execPath, [fixture('http-server.ts'), '80']).nextLine();
    wire = await watchWire(pod);
  });
  after(() => pod?.close());

  const sendTo = (
    address: string,
    sent: readonly (string | Uint8Array)[],
    port = 443,
    patience = 10,
  ): Promise<string> => sendBytes(pod.pod, { address, port }, sent, { ...attacker, patience });

  for (const family of ['ipv4', 'ipv6'] as const) {
    describe(`over ${family}`, () => {
      const send = (sent: readonly (string | Uint8Array)[]) => sendTo(forbidden[family], sent);

      for (const [what, sent] of [
        ['in one piece', [naming('shop.example')]],
        ['in segments of 7 bytes', pieces(naming('shop.example'), 7)],
        ['in records of 50 bytes', [naming('shop.example', { recordSize: 50 })]],
        ['of a record of another version', [naming('shop.example', { version: 0x0304 })]],
        ['with an encrypted one in it', [naming('shop.example', { extensions: [hidden] })]],
        ['and the next one names another', [naming('shop.example'), naming('forbidden.example')]],
        ['deep below a wildcard', [naming('a.b.wild.example')]],
      ] as const) {
        it(`leads to the allowed host that it names, ${what}`, async () => {
          expect(JSON.parse(await send(sent))).to.deep.include({
            program: 'server',
            local: { address: outside.ipv4, port: 443 },
          });
          expect(await wire.strays()).to.deep.equal([]);
        });
      }

      for (const [what, sent, answer] of [
        ['names nobody', [clientHello({})], closed],
        ['names nobody by an empty name', [naming('')], badRequest],
        [
          'names two, the allowed one first',
          [clientHello({ names: [['shop.example', 'x.example']] })],
          badRequest,
        ],
        [
          'names two, the allowed one last',
          [clientHello({ names: [['x.example', 'shop.example']] })],
          badRequest,
        ],
        ['names one twice over', [clientHello({ names: [['shop.example'], ['x.example']] })], badRequest],
        ['hides another name behind none', [clientHello({ extensions: [hidden] })], closed],
        ['hides a name behind another one', [naming('x.example', { extensions: [hidden] })], closed],
        ['names another in records of 50 bytes', [naming('x.example', { recordSize: 50 })], closed],
        ['is of TLS 2', [naming('shop.example', { version: 0x0200 })], badRequest],
        ['is of a version that nobody has', [naming('shop.example', { version: 0x6363 })], badRequest],
        ['is of SSH', ['SSH-2.0-OpenSSH_9.9\r\n'], badRequest],
        ['is of nothing', [Buffer.alloc(100)], badRequest],
      ] as const) {
        it(`leads nowhere when it ${what}`, async () => {
          expect(await send(sent)).to.match(answer);
          expect(await wire.strays()).to.deep.equal([]);
        });
      }
    });
  }

  const send = (sent: readonly (string | Uint8Array)[], port?: number, patience?: number) =>
    sendTo(forbidden.ipv4, sent, port, patience);

  it('leads nowhere as long as it is not whole', async () => {
    expect(await send([naming('shop.example').subarray(0, 90)], 443, 0.5)).to.equal('');
    expect(await wire.strays()).to.deep.equal([]);
  });

  for (const [name, answer] of [
    ['wild.example', closed],
    ['evilwild.example', closed],
    ['.wild.example', closed],
    ['*.wild.example', closed],
    ['a..wild.example', closed],
    ['shop.example.', closed],
    ['shop.example:443', closed],
    ['shop.example\0', badRequest],
    ['shop.example\0.forbidden.example', badRequest],
    ['forbidden.example\0.wild.example', badRequest],
    ['forbidden.example#.wild.example', closed],
    ['forbidden.example/.wild.example', closed],
    ['forbidden.example\\.wild.example', closed],
    ['forbidden.example .wild.example', closed],
    ['forbidden.example\r\n.wild.example', closed],
    ['forbidden.example:443.wild.example', closed],
    [`${forbidden.ipv4}.wild.example`, closed],
    [`${forbidden.ipv6}%.wild.example`, closed],
    [`[${forbidden.ipv6}].wild.example`, closed],
    ['\xff\xfe.wild.example', closed],
    [`${'x'.repeat(300)}.wild.example`, badRequest],
    [forbidden.ipv4, closed],
    [`${forbidden.ipv4}:443`, closed],
    [forbidden.ipv6, closed],
    ['::1', closed],
    ['localhost', closed],
    ['0x7f.1', closed],
    ['2130706433', closed],
  ] as const) {
    it(`leads nowhere when it names ${JSON.stringify(name).slice(0, 50)}`, async () => {
      expect(await send([naming(name)])).to.match(answer);
      expect(await wire.strays()).to.deep.equal([]);
    });
  }

  it('is read on the port of HTTP as well', async () => {
    expect(await send([naming('forbidden.example')], 80)).to.match(closed);
    // Who is allowed gets the handshake, and has no TLS there.
    expect(await send([naming('shop.example')], 80)).to.match(badRequest);
    expect(await wire.strays()).to.deep.equal([]);
  });

  it('leads to nobody else in clear', async () => {
    const get = (host: string) => [`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`];
    for (const host of ['forbidden.example:443', 'shop.example', 'shop.example:80'])
      expect(await send(get(host))).to.match(/^HTTP\/1\.1 403 Forbidden/);
    expect(await wire.strays()).to.deep.equal([]);
  });
});
