import { expect } from 'chai';
import { restAfter } from '../../../webhook/cluster/watch-objects.ts';

describe('the rest of a watch that failed', () => {
  it('doubles from a second to five, and half of it is by chance', () => {
    for (const [failures, shortest, longest] of [
      [1, 500, 1_000],
      [2, 1_000, 2_000],
      [3, 2_000, 4_000],
      [4, 2_500, 5_000],
      [100, 2_500, 5_000],
    ] as const) {
      expect(restAfter(failures, 0)).to.equal(shortest);
      expect(restAfter(failures, 1)).to.equal(longest);
    }
  });
});
