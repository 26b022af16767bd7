import { expect } from 'chai';
import { createHttpPod, type HttpPod } from '../http-pod.ts';
import type { Program } from '../program.ts';
import { fixture } from '../traffic.ts';
import { http2Request } from './http2-frames.ts';
import { sendBytes, statusesOf } from './send-bytes.ts';
import { inHttp2, lines, post, refused, request, rewritten, smuggled } from './smuggled-requests.ts';

const [appPort, refusingPort] = [8080, 8081];

describe('a request on a port that declares HTTP, which two could read in two ways', () => {
  let pod: HttpPod;
  let app: Program;
  let refusing: Program;

  before(async function () {
    this.timeout(60_000);
    pod = await createHttpPod({ [appPort]: 'http', [refusingPort]: 'http' });
    const start = async (...args: readonly string[]): Promise<Program> => {
      const program = pod.pod.spawn('/usr/bin/python3', [fixture('byte-log.py'), ...args], { uid: 1000 });
      await program.nextLine();
      return program;
    };
    app = await start(`${appPort}`);
    refusing = await start(`${refusingPort}`, '405');
  });
  after(() => pod?.close());

  const send = (port: number, ...pieces: readonly (string | Uint8Array)[]): Promise<string> =>
    sendBytes(pod.peer, { address: pod.pod.addresses.ipv4, port }, pieces, { end: 'ok' });

  /** What the application got since the last time, connection by connection. */
  async function arrived(program: Program, port: number): Promise<readonly string[]> {
    const last = lines('GET /last HTTP/1.1', 'Host: a', '', '');
    await send(port, last);
    const texts = new Map<number, string>();
    for (;;) {
      const [connection, text] = JSON.parse(await program.nextLine()) as [number, string];
      if (text === last) return [...texts.values()];
      texts.set(connection, (texts.get(connection) ?? '') + text);
    }
  }
  for (const [status, what, sent] of refused) {
    it(`is answered ${status}, and goes nowhere, with ${what}`, async () => {
      expect(statusesOf(await send(appPort, sent))).to.deep.equal([status]);
      expect(await arrived(app, appPort)).to.deep.equal([]);
    });
  }

  for (const [what, sent, arrives] of rewritten) {
    it(`is one request, and reads in one way, with ${what}`, async () => {
      expect(statusesOf(await send(appPort, sent))).to.deep.equal([200]);
      expect(await arrived(app, appPort)).to.deep.equal([arrives]);
    });
  }

  it('is what the proxy counts, whatever comes behind it', async () => {
    const before = await pod.requests(appPort);
    const answer = await send(appPort, lines(...post, 'Content-Length: 3', '', `abc${smuggled}`));
    expect(statusesOf(answer)[0]).to.equal(200);
    const [text = ''] = await arrived(app, appPort);
    expect(text.match(/ HTTP\/1\.1\r\n/g)).to.have.length.below(3);
    // Both, and the last one, by which the test knows that all has arrived.
    expect(await pod.requests(appPort)).to.equal(before + 3);
  });

  for (const [what, head] of [
    ['a tunnel', lines('CONNECT a:80 HTTP/1.1', 'Host: a:80', '', '')],
    ['a WebSocket', lines('GET / HTTP/1.1', 'Host: a', 'Upgrade: websocket', 'Connection: Upgrade', '', '')],
  ] as const) {
    it(`is not what follows the wish for ${what} that the application refuses`, async () => {
      for (const pieces of [[head + smuggled], [head, smuggled]]) {
        expect(statusesOf(await send(refusingPort, ...pieces))).to.deep.equal([405]);
        expect((await arrived(refusing, refusingPort)).join()).not.to.contain('smuggled');
      }
    });
  }

  for (const [what, fields] of inHttp2) {
    it(`goes nowhere in HTTP/2, with ${what}`, async () => {
      await send(appPort, http2Request(fields));
      expect(await arrived(app, appPort)).to.deep.equal([]);
    });
  }

  it('would go to the application in HTTP/2 without that', async () => {
    await send(appPort, http2Request(request));
    expect((await arrived(app, appPort)).join()).to.match(/^PRI \* HTTP\/2\.0\r\n/);
  });
});
