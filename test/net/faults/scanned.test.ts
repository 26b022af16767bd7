import { expect } from 'chai';
import { createCapturedPair } from '../captured-pair.ts';
import { type Envoy, startEnvoy } from '../envoy.ts';
import { outside, type Pair } from '../pair.ts';
import { fixture } from '../traffic.ts';
import { startArrivals } from './arrivals.ts';
import { renderDefault } from './default-bootstrap.ts';
import { startLoad } from './load.ts';

const app = { uid: 1000 };
const busyPort = 8080;

describe('A scan of thousands of ports', () => {
  let pair: Pair;
  let envoy: Envoy;

  beforeEach(async () => {
    pair = await createCapturedPair();
    envoy = await startEnvoy(pair.pod, renderDefault());
  });

  afterEach(async () => {
    await envoy?.stop();
    await pair?.close();
  });

  for (const direction of ['inbound', 'outbound'] as const) {
    it(`${direction} costs none of the other connections`, async () => {
      const { pod, peer } = pair;
      const [from, to, address, user, server] =
        direction === 'inbound'
          ? [peer, pod, pod.addresses.ipv4, {}, app]
          : [pod, peer, outside.ipv4, app, {}];
      await startArrivals(to, busyPort, server);
      const load = startLoad(from, { address, port: busyPort }, 4, user);
      const scan = from.spawn('/usr/bin/python3', [fixture('scan.py'), address, '8'], user);
      expect(Number(await scan.nextLine())).to.be.above(1000);
      const { answered, failed } = await load.outcomes();
      expect(answered).to.be.above(100);
      expect(failed).to.equal(0);
    });
  }
});
