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
      it(`does not take an application past the proxy that has the same ports, over ${family}`, async () => {
        const to = { address: outside[family], port };
        const from = { source: pair.pod.addresses[family], sourcePort: 40_000 };
        const silent = await silence(pair.peer, port);
        expect(await connect(pair.pod, to, { ...from, uid: proxy })).to.include({ error: 'TIMEOUT' });
        await silent.end();

        const { remote, ...answer } = {
          remote: undefined,
          ...(await connect(pair.pod, to, { ...from, uid: app })),
        };
        expect(answer).to.deep.equal({ program: 'capture', listener: outboundPort, destination: to });
        // The proxy itself gets there, from any port.
        const { program } = await connect(pair.pod, to, { uid: proxy });
        expect(program).to.equal('server');
      });
    }
  });
}
