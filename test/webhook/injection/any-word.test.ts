import { expect } from 'chai';
import fc from 'fast-check';
import { inject, review } from '../pods.ts';
import { declared } from './declared.ts';

const text = fc.string({ maxLength: 12 });
const name = fc.stringMatching(/^[A-Z]{1,6}$/);
const quantity = fc.constantFrom('1', '1000m', '.25', '5m', '64Mi', '1Gi', '3e2', 'x', 7);
const quantities = fc.dictionary(fc.constantFrom('cpu', 'memory', 'ephemeral-storage', 'a.io/b'), quantity);
const anyWord = fc.record(
  {
    image: fc.constantFrom('auto', 'envoyproxy/envoy:distroless-v1.40.0', 'r.io/envoy:distroless-v1.40.0'),
    imagePullPolicy: fc.constantFrom('Always', 'Never', 'IfNotPresent'),
    resources: fc.record({ limits: quantities, requests: quantities }, { requiredKeys: [] }),
    env: fc.array(fc.record({ name, value: text }), { maxLength: 3 }),
    volumeMounts: fc.array(fc.record({ name: text, mountPath: text }), { maxLength: 3 }),
    securityContext: fc.record({ readOnlyRootFilesystem: fc.boolean(), seLinuxOptions: fc.object() }),
    lifecycle: fc.object(),
    terminationMessagePath: text,
  },
  { requiredKeys: [] },
);

describe('any word of an author on the proxy', () => {
  it('is denied, or the same after a second injection, whatever was stripped in between', () => {
    fc.assert(
      fc.property(anyWord, fc.constantFrom('restartPolicy', 'args'), (word, stripped) => {
        const object = declared(JSON.parse(JSON.stringify(word)));
        if (review(object).answer.kind === 'denied') return;
        const injected = inject(object);
        expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
        const changed = structuredClone(injected);
        delete changed.spec.initContainers[0][stripped];
        changed.spec.initContainers.reverse();
        expect(inject(changed)).to.deep.equal(injected);
      }),
    );
  });
});
