import { expect } from 'chai';
import { toMilliseconds } from '../../../webhook/commands/duration.ts';

describe('the duration of an option', () => {
  it('is a number of seconds, minutes or hours', () => {
    expect(['90s', '5m', '1h'].map(toMilliseconds)).to.deep.equal([90_000, 300_000, 3_600_000]);
  });

  for (const text of ['', '5', '0s', '-1m', '1.5m', '5 m', '5d', 'm', '1h30m', '123456s']) {
    it(`is not ${JSON.stringify(text)}, which is refused with what was expected`, () => {
      expect(() => toMilliseconds(text)).to.throw(
        'expected a number of seconds, minutes or hours: 90s, 5m, 1h',
      );
    });
  }
});
