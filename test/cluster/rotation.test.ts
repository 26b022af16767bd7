import { expect } from 'chai';
import { whileShortLived } from '../soak/lives.ts';
import { soak } from '../soak/soak.ts';
import { problemsOf } from '../soak/soak-document.ts';
import { useApi } from './api.ts';
import { needsRoutesToPods } from './fixture.ts';
import { waitForWebhook } from './outrider.ts';
import { useOutrider } from './use-outrider.ts';

describe('certificates that live for two minutes', () => {
  const cluster = useOutrider();
  needsRoutesToPods(cluster);
  const api = useApi(cluster);
  after(async function () {
    this.timeout(120_000);
    await waitForWebhook(cluster());
  });

  it('take turns, and so do their CAs, while every pod gets its proxy and every certificate is trusted', async () => {
    // A CA is replaced after 80 to 86 seconds, and takes over ten seconds later.
    const input = { cluster: cluster(), api, seconds: 110 };
    const { creations, handshakes } = await whileShortLived(cluster(), () => soak(input));
    expect(creations.all.filter(({ failure }) => failure)).to.deep.equal([]);
    expect(creations.uninjected).to.equal(0);
    expect(handshakes.doubted).to.deep.equal([]);
    expect(handshakes.unreached).to.equal(0);
    expect(creations.all.length).to.be.above(500);
    expect(handshakes.made).to.be.above(50);
    expect(handshakes.authorities).to.be.at.least(3);
    expect(handshakes.certificates).to.be.at.least(2);
  }).timeout(6 * 60_000);
});

describe('the webhook, while things break', () => {
  const cluster = useOutrider();
  needsRoutesToPods(cluster);
  const api = useApi(cluster);
  before(async function () {
    this.timeout(120_000);
    await waitForWebhook(cluster());
  });
  after(async function () {
    this.timeout(120_000);
    await waitForWebhook(cluster());
  });

  it('refuses no pod for as long as five seconds, and lets none start without its proxy', async () => {
    const seed = Date.now() % 1_000_000;
    const soaked = await soak({ cluster: cluster(), api, seconds: 40, seed });
    expect(problemsOf(soaked), `with the seed ${seed}`).to.deep.equal([]);
    expect(soaked.creations.all.length).to.be.above(200);
    const { killed = 0, deleted = 0, ...rest } = soaked.faults ?? {};
    expect(killed + deleted, `with the seed ${seed}`).to.be.above(0);
    expect(rest).to.deep.equal({ secretsDeleted: 2, bundlesOverwritten: 2 });
  }).timeout(120_000);
});
