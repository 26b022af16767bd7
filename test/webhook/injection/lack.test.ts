import { expect } from 'chai';
import { parsePod } from '../../../webhook/admission/pod.ts';
import { findLack, findMoved } from '../../../webhook/injection/lack.ts';
import { type AnyPod, inject, pod } from '../pods.ts';
import { lacks, remedy } from './lacking-pods.ts';

function lackOf(object: AnyPod): string | undefined {
  const parsed = parsePod(object);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return findMoved(parsed.pod) ?? findLack(parsed.pod);
}

describe('what a pod lacks that should have a proxy', () => {
  it('is nothing once it is injected, whatever comes behind our containers', () => {
    const injected = inject(pod({ spec: { initContainers: [{ name: 'migrate' }] } }));
    expect(lackOf(injected)).to.equal(undefined);
  });

  it('is told first of all of the proxy, and asks for the configuration', () => {
    expect(lackOf(pod())).to.equal(
      'the pod has no init container outrider-proxy: nothing would carry its traffic; is the ' +
        `MutatingWebhookConfiguration outrider-webhook there? If it is${remedy}`,
    );
  });

  for (const [what, change, message] of lacks) {
    it(`is told with the remedy: of a pod with ${what}`, () => {
      const changed = inject(pod({ spec: { containers: [{ name: 'app', image: 'app:1' }] } }));
      change(changed.spec);
      expect(lackOf(changed)).to.contain(message).and.to.contain(remedy);
    });
  }
});
