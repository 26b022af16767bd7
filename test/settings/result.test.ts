import { expect } from 'chai';
import { parsePort, parsePortRange } from '../../settings/port.ts';
import { formatSelection, parseList, parseSelection } from '../../settings/result.ts';

describe('a list', () => {
  it('is empty where the text is', () => {
    expect(parseList('', parsePort)).to.deep.equal({ ok: true, value: [] });
    expect(parseList('  ', parsePort)).to.deep.equal({ ok: true, value: [] });
  });

  it('keeps the order and takes blanks around its items', () => {
    expect(parseList(' 3, 1 ,2', parsePort)).to.deep.equal({ ok: true, value: [3, 1, 2] });
  });

  for (const text of [',', '1,', ',1', '1,,2', '1;2', '1 2']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseList(text, parsePort)).to.deep.equal({ ok: false, expected: 'a port from 1 to 65535' });
    });
  }
});

describe('a selection', () => {
  const parse = (text: string) => parseSelection(text, parsePortRange);

  for (const text of ['*', ' * ']) {
    it(`takes everything where the text is ${JSON.stringify(text)}`, () => {
      expect(parse(text)).to.deep.equal({ ok: true, value: { kind: 'all' } });
    });
  }

  it('takes nothing where the text is empty', () => {
    expect(parse('')).to.deep.equal({ ok: true, value: { kind: 'list', items: [] } });
  });

  it('takes the items of a list that mixes ports and ranges', () => {
    expect(parse('80, 8000-8100,443')).to.deep.equal({
      ok: true,
      value: {
        kind: 'list',
        items: [
          { first: 80, last: 80 },
          { first: 8000, last: 8100 },
          { first: 443, last: 443 },
        ],
      },
    });
  });

  for (const text of ['*,80', '80,*', '**', 'all', '80,http']) {
    it(`refuses ${JSON.stringify(text)}, and says that * would do`, () => {
      expect(parse(text)).to.deep.equal({
        ok: false,
        expected: '* or a list of ports from 1 to 65535 or ascending ranges such as 8000-8100',
      });
    });
  }

  it('is written as * or as its items', () => {
    expect(formatSelection({ kind: 'all' }, String)).to.equal('*');
    expect(formatSelection({ kind: 'list', items: [] }, String)).to.equal('');
    expect(formatSelection({ kind: 'list', items: [1, 2] }, String)).to.equal('1,2');
  });
});
