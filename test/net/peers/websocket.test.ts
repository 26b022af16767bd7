import { expect } from 'chai';
import { fixture } from '../traffic.ts';
import { createTwoPods, type TwoPods } from './two-pods.ts';

const ports = { bytes: 8080, http: 9080 } as const;

describe('A WebSocket, through the proxies of two pods', () => {
  let pods: TwoPods;

  before(async function () {
    this.timeout(60_000);
    pods = await createTwoPods({ [ports.http]: 'http' });
    for (const port of Object.values(ports)) {
      await pods.serve(port, process.execPath, [fixture('http-app.ts'), `${port}`]);
    }
  });

  after(() => pods?.close());

  for (const [counted, port] of Object.entries(ports)) {
    for (const family of ['ipv4', 'ipv6'] as const) {
      it(`carries messages over ${family} on a port of ${counted}`, async () => {
        const address = pods.server.addresses[family];
        const host = family === 'ipv6' ? `[${address}]` : address;
        const carried = await pods.carried(async () => {
          const script = `${process.execPath} ${fixture('web-socket.ts')} ws://${host}:${port}/chat hello`;
          expect(await pods.run(script)).to.equal('hello\n');
        });
        expect(carried).to.deep.equal({ out: 1, bytes: 0, http: 0, [counted]: 1 });
      });
    }
  }
});
