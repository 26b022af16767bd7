import { expect } from 'chai';
import { type AnyPod, inject, review } from '../pods.ts';
import { corpus, injected, podsIn, uninjected } from './corpus.ts';

/** Where the file itself has the namespace. */
const surroundings = {
  'namespace-in-the-file.yaml': { annotations: { 'outrider.io/proxy-log-level': 'debug' } },
} as const;

/** The API server gives a template's pod metadata where it has none. */
const withMetadata = (pod: AnyPod): AnyPod => ({ ...pod, metadata: pod.metadata ?? {} });

describe('the corpus of manifests', () => {
  it('has many', () => {
    expect(corpus.length).to.be.above(60);
  });

  for (const { name, text } of corpus) {
    describe(name, () => {
      const namespace = surroundings[name as keyof typeof surroundings];

      it('is injected as the webhook would do it', () => {
        const pods = podsIn(injected(text));
        for (const { metadata } of pods) delete metadata.annotations['outrider.io/original'];
        expect(pods).to.deep.equal(podsIn(text).map((pod) => inject(withMetadata(pod), namespace)));
        expect(pods).to.not.deep.equal([]);
      });

      it('is left alone by the webhook once it is injected', () => {
        for (const pod of podsIn(injected(text))) {
          expect(review(pod, namespace).answer).to.deep.equal({ kind: 'allowed' });
        }
      });

      it('is the same when it is injected again', () => {
        const once = injected(text);
        expect(injected(once)).to.equal(once);
      });

      it('is to the byte what it was when it is taken back', () => {
        expect(uninjected(injected(text))).to.equal(text);
      });

      it('is not touched by a way back that it has not gone', () => {
        expect(uninjected(text)).to.equal(text);
      });
    });
  }
});
