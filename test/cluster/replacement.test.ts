import { expect } from 'chai';
import { useApi } from './api.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { waitForOldReplicas } from './outrider.ts';
import { podManifest } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'replacement';
const system = ['-n', 'outrider-system'];

describe('the webhook, while its replicas are replaced', () => {
  const cluster = useOutrider();
  const request = useApi(cluster);
  useNamespace(cluster, namespace);

  it('answers for every pod, over connections that the API server keeps, too', async () => {
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    const refusals: string[] = [];
    let [asked, isOver] = [0, false];
    const ask = async (): Promise<void> => {
      while (!isOver) {
        const pod = podManifest({ name: 'any' });
        const { status, text } = await request(
          'POST',
          `/api/v1/namespaces/${namespace}/pods?dryRun=All`,
          pod,
        );
        if (status !== 201) refusals.push(text);
        asked++;
      }
    };
    // As many as come at once when a Deployment is scaled: more than one connection is kept.
    const asking = Promise.all(Array.from({ length: 8 }, ask));
    // Forth to another version of the Deployment, and back.
    for (const change of ['restart', 'undo']) {
      await kubectl(cluster(), [...system, 'rollout', change, 'deployment/outrider-webhook']);
      const patience = '--timeout=120s';
      await kubectl(cluster(), [...system, 'rollout', 'status', patience, 'deployment/outrider-webhook']);
      await waitForOldReplicas(cluster());
    }
    isOver = true;
    await asking;
    expect(refusals).to.deep.equal([]);
    expect(asked).to.be.above(100);
  }).timeout(400_000);
});
