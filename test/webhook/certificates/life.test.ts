import { expect } from 'chai';
import { parseLife } from '../../../webhook/certificates/life.ts';

describe('the life of a certificate', () => {
  for (const [text, milliseconds] of [
    ['2m', 120_000],
    ['120s', 120_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['365d', 31_536_000_000],
  ] as const) {
    it(`is read from ${text}`, () => {
      expect(parseLife(text)).to.deep.equal({ ok: true, value: milliseconds });
    });
  }

  for (const text of ['', '7', 'd', '7w', '0d', '-1d', '1.5h', '7 d', '7d1h', '119s', '1m', '99999999d']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseLife(text)).to.deep.equal({
        ok: false,
        expected: 'a time of two minutes or more, such as 7d, 12h or 30m',
      });
    });
  }
});
