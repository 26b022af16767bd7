import { expect } from 'chai';
import { matchItems } from '../../../webhook/offline/match-items.ts';

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

describe('the items of a list that stay in their places', () => {
  for (const [what, from, to, expected] of [
    ['all of them', [a, b], [a, b], [0, 1]],
    ['those that others come before', [a], [b, c, a], [undefined, undefined, 0]],
    ['those that are left', [a, b, c], [b], [1]],
    ['one that changes', [a, b], [{ name: 'a', more: 1 }, b], [0, 1]],
    ['none of a name that has moved past another', [a, b], [{ name: 'b' }, a], [undefined, 0]],
    ['one before which another goes', [b, a], [{ name: 'a' }, c], [1, undefined]],
    ['texts', ['x', 'y'], ['y', 'z'], [1, undefined]],
  ] as const) {
    it(`are ${what}`, () => {
      expect(matchItems(from, to)).to.deep.equal(expected);
    });
  }

  it('are not those that leave', () => {
    expect(matchItems([a, b], [{ name: 'a' }, b], (index) => index === 0)).to.deep.equal([undefined, 1]);
  });
});
