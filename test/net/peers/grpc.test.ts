import { expect } from 'chai';
import { fixture } from '../traffic.ts';
import { createTwoPods, type TwoPods } from './two-pods.ts';

const ports = { bytes: 9000, http: 9001 } as const;

describe('gRPC, through the proxies of two pods', () => {
  let pods: TwoPods;

  before(async function () {
    this.timeout(60_000);
    pods = await createTwoPods({ [ports.http]: 'grpc' });
    for (const port of Object.values(ports)) {
      await pods.serve(port, process.execPath, [fixture('grpc-app.ts'), `${port}`]);
    }
  });

  after(() => pods?.close());

  for (const [counted, port] of Object.entries(ports)) {
    for (const family of ['ipv4', 'ipv6'] as const) {
      it(`carries calls of all four kinds over ${family} on a port of ${counted}, with deadlines, metadata and trailers`, async () => {
        const address = pods.server.addresses[family];
        const to = `${family === 'ipv6' ? `[${address}]` : address}:${port}`;
        const carried = await pods.carried(async () => {
          const told = await pods.run(`${process.execPath} ${fixture('grpc-client.ts')} ${to}`);
          expect(JSON.parse(told)).to.deep.equal({
            answer: { request: 'hello', metadata: ['yes'], minutes: 60 },
            each: [true, true, true],
            end: { code: 0, trailer: ['whole'] },
            failure: { code: 9, details: 'never, ever: é', why: [[0, 1, 255]] },
            many: { received: ['1 hello', '2 hello', '3 hello'], code: 0, trailer: ['whole'] },
            joined: 'a b c',
            late: { code: 4, ended: 'cancelled' },
          });
        });
        expect(carried).to.deep.equal({ out: 1, bytes: 0, http: 0, [counted]: 1 });
      });
    }
  }
});
