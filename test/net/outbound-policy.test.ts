import { expect } from 'chai';
import type { Envoy } from './envoy.ts';
import { createPair, outside, type Pair } from './pair.ts';
import { startSettledProxy } from './settled-proxy.ts';
import { connect, sendUdp, startServer } from './traffic.ts';

const uid = 1000;
const texts = {
  'ip-families': 'dual',
  'outbound-policy': 'blackhole',
  // A part of the addresses outside. The peer's own are not among them.
  'allow-outbound-cidrs': `${outside.ipv4}/32,2001:db8::/64`,
};

describe('the outbound policy blackhole', () => {
  let pair: Pair;
  let envoy: Envoy;

  before(async function () {
    this.timeout(60_000);
    pair = await createPair();
    envoy = await startSettledProxy(pair.pod, texts);
    await startServer(pair.pod, [8080], { uid });
    await startServer(pair.peer, [80, 443]);
  });
  after(async () => {
    await envoy?.stop();
    await pair?.close();
  });

  const counted = async (): Promise<number> =>
    (await envoy.metrics()).get(
      'envoy_cluster_upstream_cx_none_healthy{envoy_cluster_name="BlackHoleCluster"}',
    ) ?? 0;

  for (const family of ['ipv4', 'ipv6'] as const) {
    describe(`over ${family}`, () => {
      it('refuses a connection at once, and counts it', async () => {
        const before = await counted();
        const { ipv4, ipv6 } = pair.peer.addresses;
        const url = `http://${family === 'ipv4' ? ipv4 : `[${ipv6}]`}/`;
        const { stdout } = await pair.pod.exec(
          'curl',
          ['-s', '--max-time', '15', '-w', '%{exitcode} %{time_total}', url],
          { uid },
        );
        const [exitCode, seconds] = stdout.split(' ').map(Number);
        // An empty reply, or a reset.
        expect(exitCode, stdout).to.be.oneOf([52, 56]);
        expect(seconds).to.be.below(5);
        expect(await counted()).to.equal(before + 1);
      });

      it('lets through what is allowed, on any port', async () => {
        for (const port of [80, 443]) {
          const answer = await connect(pair.pod, { address: outside[family], port }, { uid });
          expect(answer).to.deep.include({ program: 'server', local: { address: outside[family], port } });
        }
      });

      it('lets nobody call the proxy itself by an allowed address', async () => {
        const answer = await connect(pair.pod, { address: outside[family], port: 15001 }, { uid });
        expect(answer).to.have.property('program', 'none');
      });

      it('drops what is not TCP, also to what is allowed', async () => {
        expect(await sendUdp(pair.pod, { address: outside[family], port: 53 }, { uid })).to.equal('refused');
      });

      it('is not about what comes in, nor about what stays in the pod', async () => {
        const own = { address: pair.pod.addresses[family], port: 8080 };
        const localhost = { address: family === 'ipv4' ? '127.0.0.1' : '::1', port: 8080 };
        for (const answer of [
          await connect(pair.peer, own),
          await connect(pair.pod, own, { uid }),
          await connect(pair.pod, localhost, { uid }),
        ]) {
          expect(answer).to.have.property('program', 'server');
        }
      });
    });
  }
});
