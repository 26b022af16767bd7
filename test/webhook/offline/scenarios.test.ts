import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { checkText } from '../../../webhook/offline/check-text.ts';
import { injectText } from '../../../webhook/offline/inject-text.ts';
import type { Rewritten } from '../../../webhook/offline/rewrite-objects.ts';
import { readScenarios } from '../corpus/scenario.ts';
import { review } from '../pods.ts';
import { offline, uninjected } from './corpus.ts';

const folder = new URL('../corpus/scenarios/', import.meta.url);

/** Probes that say of themselves that they were others, of pods that do not say that they have been injected. */
const oneWay = ['claims/probe-that-goes-back', 'claims/probe-that-was-handed-over'];

/** The pod or workload of every scenario of the injection, as it is written there. */
describe('offline injection of the scenarios', () => {
  for (const { name, pod, namespace } of readScenarios()) {
    const text = readFileSync(new URL(`${name}.yaml`, folder), 'utf8');
    const { name: inNamespace, label, annotations } = namespace;
    const around = { namespace: inNamespace, label, annotations };

    it(`is decided as by the webhook, and taken back to the byte: ${name}`, () => {
      const verdict = review(pod, around);
      const checked = checkText(text, { ...offline, namespace: inNamespace, namespaceLabel: label });
      const decisions = checked.ok
        ? checked.checked.map(({ explanation }) => explanation.decision)
        : ['error'];
      expect(decisions).to.deep.equal([verdict.decision]);

      const inject = (before: string): Rewritten =>
        injectText(before, { ...offline, namespace: inNamespace });
      const asked = review(pod, { ...around, label: label === 'disabled' ? label : 'enabled' });
      const result = inject(text);
      if (!result.ok) {
        if (!oneWay.includes(name))
          expect(asked.decision, result.problems.join()).to.be.oneOf(['deny', 'error']);
        return;
      }
      expect(asked.decision).to.be.oneOf(['inject', 'skip']);
      expect(result.text !== text).to.equal(asked.answer.kind === 'patched');
      const again = inject(result.text);
      expect(again.ok && again.text).to.equal(result.text);
      expect(uninjected(result.text)).to.equal(text.includes('outrider.io/status') ? uninjected(text) : text);
    });
  }
});
