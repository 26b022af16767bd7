import { expect } from 'chai';
import { fitWarnings } from '../../../webhook/admission/warnings.ts';

describe('warnings', () => {
  it('say whose they are', () => {
    expect(fitWarnings(['one', 'two'])).to.deep.equal(['outrider: one', 'outrider: two']);
  });

  it('are at most 256 characters long, as code points and not as halves of one', () => {
    const [fits, cut] = fitWarnings(['x'.repeat(246), '😀'.repeat(247)]);
    expect(fits).to.equal(`outrider: ${'x'.repeat(246)}`);
    expect(cut).to.equal(`outrider: ${'😀'.repeat(245)}…`);
    expect([...(cut ?? '')]).to.have.lengthOf(256);
  });

  it('are at most ten, the last of which says how many more there are', () => {
    expect(fitWarnings(Array(10).fill('x'))).to.deep.equal(Array(10).fill('outrider: x'));
    expect(fitWarnings(Array(12).fill('x'))).to.deep.equal([
      ...Array(9).fill('outrider: x'),
      'outrider: and 3 more warnings',
    ]);
  });
});
