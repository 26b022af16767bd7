import { expect } from 'chai';
import { parseQuantity } from '../../settings/quantity.ts';

describe('a quantity', () => {
  for (const [text, value] of [
    ['1', 1],
    ['2.5', 2.5],
    ['5.', 5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1E3', 1000],
    ['5e-1', 0.5],
    ['1E', 1e18],
    ['2k', 2000],
    ['1M', 1_000_000],
    ['1Ki', 1024],
    ['1.5Gi', 1_610_612_736],
    ['128Mi', 134_217_728],
    ['1Ei', 2 ** 60],
  ] as const) {
    it(`reads ${text} as ${value}, and keeps its text`, () => {
      expect(parseQuantity(text)).to.deep.equal({ ok: true, value: { text, value } });
    });
  }

  it('is one number, however it is written: what the API server writes compares equal', () => {
    for (const [one, other] of [
      ['100m', '0.1'],
      ['700m', '0.7'],
      ['1100m', '1.1'],
      ['250u', '0.00025'],
      ['3n', '3e-9'],
      ['4.35k', '4350'],
      ['1024Ki', '1Mi'],
      ['.5Ki', '512'],
    ] as const) {
      const [a, b] = [one, other].map((text) => parseQuantity(text));
      expect(a?.ok && a.value.value, one).to.equal(b?.ok && b.value.value);
    }
  });

  for (const text of [
    '',
    '0',
    '0Mi',
    '-1',
    '+1',
    '1 Mi',
    'Mi',
    '.',
    '1mi',
    '1K',
    '1ki',
    '1MiB',
    '1e3Mi',
    '1e',
    '1,5',
    '0x10',
    'Infinity',
    'NaN',
    '1'.repeat(400),
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      expect(parseQuantity(text)).to.deep.equal({
        ok: false,
        expected: 'a quantity greater than zero, such as 100m or 128Mi',
      });
    });
  }
});
