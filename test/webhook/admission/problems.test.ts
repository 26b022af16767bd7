import { expect } from 'chai';
import { listProblems } from '../../../webhook/admission/problems.ts';

describe('a list of problems', () => {
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index + 1}`);

  it('is all of them, up to twenty', () => {
    expect(listProblems(['a', 'b'])).to.equal('a; b');
    expect(listProblems(numbered(20))).to.equal(numbered(20).join('; '));
  });

  it('is the first twenty, and how many more there are', () => {
    expect(listProblems(numbered(1_000_000))).to.equal(`${numbered(20).join('; ')}; and 999980 more`);
  });
});
