import { expect } from 'chai';
import { injectText } from '../../../webhook/offline/inject-text.ts';
import { offline, problemsOf, uninjected } from '../offline/corpus.ts';
import { readScenarios } from './scenario.ts';

describe('the corpus as files', () => {
  for (const scenario of readScenarios()) {
    const { name, text, golden, namespace } = scenario;
    const injectIt = (what: string) => injectText(what, { ...offline, namespace: namespace.name });
    const result = injectIt(text);

    if (golden.deny) {
      it(`${name}: is refused as the webhook would refuse it`, () => {
        const problems = problemsOf(result).map((problem) => problem.replace(/^document .*?\/[^:]*: /, ''));
        expect(`outrider: ${problems.join('; ')}`).to.equal(golden.message);
      });
    } else if (name === 'claims/probe-that-was-handed-over') {
      it(`${name}: is refused, for it would come back as the TCP probe that it tells of`, () => {
        expect(problemsOf(result).join()).to.include('parts of an earlier injection');
      });
    } else if (golden.inject) {
      it(`${name}: is injected and taken back to the byte`, () => {
        if (!result.ok) throw new Error(result.problems.join('\n'));
        expect(result.text).to.include('outrider-init');
        expect(injectIt(result.text)).to.include({ ok: true, text: result.text });
        // What claims to be injected already is taken back as well.
        expect(uninjected(result.text)).to.equal(uninjected(text));
      });
    }
  }
});
