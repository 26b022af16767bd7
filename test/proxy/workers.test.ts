import { expect } from 'chai';
import { workersFor } from '../../proxy/workers.ts';

describe('worker threads', () => {
  it('are one for each CPU of the limit, where a part of one counts as a whole', () => {
    expect([1, 1.001, 1.5, 2, 2.5, 64].map(workersFor)).to.deep.equal([1, 2, 2, 2, 3, 64]);
  });

  it('are at least one, and no more than the setting takes', () => {
    expect([0.000000001, 0.1, 127.5, 128.001, 1e18].map(workersFor)).to.deep.equal([1, 1, 128, 128, 128]);
  });
});
