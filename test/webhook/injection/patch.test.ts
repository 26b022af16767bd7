import { expect } from 'chai';
import { pointer } from '../../../webhook/injection/patch.ts';

describe('a JSON Pointer', () => {
  for (const [tokens, text] of [
    [[], ''],
    [['spec', 'volumes', 0], '/spec/volumes/0'],
    [['outrider.io/status'], '/outrider.io~1status'],
    [['a~b'], '/a~0b'],
    [['~1'], '/~01'],
    [['', ' '], '// '],
  ] as const) {
    it(`to ${JSON.stringify(tokens)} is ${JSON.stringify(text)}`, () => {
      expect(pointer(...tokens)).to.equal(text);
    });
  }
});
