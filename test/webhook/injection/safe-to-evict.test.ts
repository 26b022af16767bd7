import { expect } from 'chai';
import { inject, review, withAnnotations } from '../pods.ts';

const pod = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const volumes = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

describe('the annotation by which a node is not kept for our volume', () => {
  for (const [what, annotations, value] of [
    ['names our volume', {}, 'outrider-run'],
    ['names our volume where it is empty', { [volumes]: '' }, 'outrider-run'],
    ["keeps the author's names", { [volumes]: 'data,cache' }, 'data,cache,outrider-run'],
    ['keeps names as they are written', { [volumes]: 'data, cache ' }, 'data, cache ,outrider-run'],
    ['names our volume once', { [volumes]: 'outrider-run,data' }, 'outrider-run,data'],
    ['is not fooled by a longer name', { [volumes]: 'my-outrider-run' }, 'my-outrider-run,outrider-run'],
    ['is absent where the author says that the pod may go', { [pod]: 'true' }, undefined],
    ['is absent where the author says that the pod may not go', { [pod]: 'false' }, undefined],
    ['is left alone where the author says both', { [pod]: 'true', [volumes]: 'data' }, 'data'],
  ] as [string, Record<string, string>, string | undefined][]) {
    it(what, () => {
      const injected = inject(withAnnotations(annotations));
      expect(injected.metadata.annotations[volumes]).to.equal(value);
      expect(injected.metadata.annotations[pod]).to.equal(annotations[pod]);
      expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
    });
  }
});
