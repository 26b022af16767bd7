import { expect } from 'chai';
import { soak } from '../soak/soak.ts';
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
    const soaked = await soak(cluster(), api, 110);
    expect(soaked.refusals).to.deep.equal([]);
    expect(soaked.distrusted).to.deep.equal([]);
    expect(soaked.reviews).to.be.above(100);
    expect(soaked.handshakes).to.be.above(50);
    expect(soaked.authorities).to.be.at.least(3);
    expect(soaked.certificates).to.be.at.least(2);
  }).timeout(6 * 60_000);
});
