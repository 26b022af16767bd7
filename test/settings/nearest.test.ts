import { expect } from 'chai';
import { nearest } from '../../settings/nearest.ts';

describe('the nearest word', () => {
  const words = ['proxy-cpu', 'proxy-cpu-limit', 'proxy-memory', 'include-inbound-ports'];

  for (const [written, meant] of [
    ['proxy-cpu', 'proxy-cpu'],
    ['proxycpu', 'proxy-cpu'],
    ['proxy-cpus', 'proxy-cpu'],
    ['proxy-cpulimit', 'proxy-cpu-limit'],
    ['proxy-memroy', 'proxy-memory'],
    ['included-inbound-port', 'include-inbound-ports'],
    ['PROXY-MEMORY', 'proxy-cpu'],
    ['', 'proxy-cpu'],
  ] as const) {
    it(`to ${JSON.stringify(written)} is ${meant}`, () => {
      expect(nearest(written, words)).to.equal(meant);
    });
  }

  it('is the first of those that are equally near', () => {
    expect(nearest('c', ['a', 'b'])).to.equal('a');
  });

  it('looks at no more than the start of a very long word', () => {
    const started = performance.now();
    expect(nearest('x'.repeat(1_000_000), ['aaaa', 'xxxx'])).to.equal('xxxx');
    expect(performance.now() - started).to.be.below(100);
  });
});
