import { expect } from 'chai';
import { splitJson } from '../../../webhook/offline/json-values.ts';

describe('JSON objects one after another', () => {
  it('are told apart, with the space around them', () => {
    expect(splitJson('{"a": "}{\\""}\n {"b": {}}{}\n')).to.deep.equal([
      { start: 0, text: '{"a": "}{\\""}' },
      { start: 13, text: '\n {"b": {}}' },
      { start: 24, text: '{}\n' },
    ]);
  });

  for (const text of [
    '',
    '{}',
    '{"a": 1}\n',
    'a: {}\nb: {}\n',
    '{a: 1}\n{b: 2}\n',
    '{}}{',
    '{}{"a": }',
    '{} {} x',
  ]) {
    it(`are not seen in ${JSON.stringify(text)}`, () => {
      expect(splitJson(text)).to.deep.equal([{ start: 0, text }]);
    });
  }
});
