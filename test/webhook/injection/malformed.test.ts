import { expect } from 'chai';
import fc from 'fast-check';
import { type AnyPod, inject, review } from '../pods.ts';
import { arbitraryPod, declaredProxy, text } from './arbitrary-pod.ts';

/** What stands where something else is expected. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(null, [], {}, '', 0, -1, 1e21, true, [null], [[]], [{}], 'Always', 15_020),
  fc.jsonValue(),
  text,
);

/** Every place in a JSON value, as the object or list that holds it and the key. */
function placesIn(value: AnyPod): [AnyPod, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [[value, key] as [AnyPod, string], ...placesIn(value[key])]);
}

const wellFormed = fc.oneof(
  arbitraryPod,
  arbitraryPod.map((pod) => inject(pod)),
  fc.tuple(arbitraryPod, declaredProxy).map(([pod, proxy]) => {
    const changed = structuredClone(pod);
    changed.spec.containers.push(proxy);
    return changed;
  }),
);

const malformed = fc
  .tuple(wellFormed, fc.array(fc.tuple(fc.nat(), anything), { minLength: 1, maxLength: 3 }))
  .map(([pod, changes]) => {
    const changed = structuredClone(pod);
    for (const [at, value] of changes) {
      const places = placesIn(changed);
      const [holder, key] = places[at % places.length] ?? [changed, 'spec'];
      holder[key] = structuredClone(value);
    }
    return JSON.parse(JSON.stringify(changed));
  });

describe('a pod with anything in place of anything', () => {
  it('is answered; where it is injected the patch applies, and a second call finds nothing more to do', () => {
    fc.assert(
      fc.property(malformed, (pod) => {
        const { answer } = review(pod);
        if (answer.kind !== 'patched') return;
        expect(review(inject(pod)).answer.kind).to.equal('allowed');
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 8000 },
    );
  });
});
