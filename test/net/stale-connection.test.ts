import { expect } from 'chai';
import { createCapturedPair } from './captured-pair.ts';
import { silence } from './faults/silence.ts';
import { outside, type Pair } from './pair.ts';
import { connect, startCapture, startServer } from './traffic.ts';
import { app, proxy } from './verdict.ts';

const port = 8080;
const outboundPort = 15001;

for (const backend of ['nft', 'legacy', 'nftables']) {
  describe(`A connection of the proxy's that was not answered, with the backend ${backend}`, () => {
    let pair: Pair;
    before(async () => {
      pair = await createCapturedPair(['--backend', backend]);
      await startCapture(pair.pod, [outboundPort], { uid: proxy });
      await startServer(pair.peer, [port]);
    });
    after(() => pair?.close());

    for (const family of ['ipv4', 'ipv6'] as const) {
      it(`lets the proxy itself dial again, over ${family}`, async () => {
        const to = { address: outside[family], port };
        const from = { source: pair.pod.addresses[family], sourcePort: 40_001, uid: proxy };
        const silent = await silence(pair.peer, port);
        expect(await connect(pair.pod, to, from)).to.include({ error: 'TIMEOUT' });
        await silent.end();
        expect(await connect(pair.pod, to, from)).to.include({ program: 'server' });
      });
    }

    for (const family of ['ipv4', 'ipv6'] as const) {
      it(`lets no application past the proxy that has the same ports, over ${family}`, async () => {
        const to = { address: outside[family], port };
        const from = { source: pair.pod.addresses[family], sourcePort: 40_000 };
        const silent = await silence(pair.peer, port);
        expect(await connect(pair.pod, to, { ...from, uid: proxy })).to.include({ error: 'TIMEOUT' });
        await silent.end();

        const refused = { program: 'none', error: 'ECONNREFUSED' };
        expect(await connect(pair.pod, to, { ...from, uid: app })).to.deep.equal(refused);
        const again = await connect(pair.pod, to, { source: from.source, uid: app });
        expect(again).to.include({ program: 'capture', listener: outboundPort });
      });
    }
  });
}
