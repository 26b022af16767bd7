import { expect } from 'chai';
import { formatPortRange, isPortName, parsePort, parsePortRange } from '../../settings/port.ts';

describe('a port', () => {
  for (const [text, port] of [
    ['1', 1],
    ['80', 80],
    ['65535', 65535],
    ['00080', 80],
  ] as const) {
    it(`reads ${text} as ${port}`, () => {
      expect(parsePort(text)).to.deep.equal({ ok: true, value: port });
    });
  }

  for (const text of [
    '',
    '0',
    '65536',
    '99999',
    '-1',
    '+1',
    '1.0',
    '1e3',
    '0x50',
    ' 80',
    '80 ',
    'http',
    '٨٠',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parsePort(text)).to.deep.equal({ ok: false, expected: 'a port from 1 to 65535' });
    });
  }
});

describe('a port range', () => {
  for (const [text, first, last, written] of [
    ['8080', 8080, 8080, '8080'],
    ['8000-8100', 8000, 8100, '8000-8100'],
    ['1-65535', 1, 65535, '1-65535'],
    ['9000-9000', 9000, 9000, '9000'],
  ] as const) {
    it(`reads ${text} and writes it as ${written}`, () => {
      const range = parsePortRange(text);
      expect(range).to.deep.equal({ ok: true, value: { first, last } });
      expect(range.ok && formatPortRange(range.value)).to.equal(written);
    });
  }

  for (const text of ['', '-', '8100-8000', '0-80', '80-65536', '80-', '-80', '1-2-3', '80 - 90', '80:90']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parsePortRange(text)).to.deep.equal({
        ok: false,
        expected: 'ports from 1 to 65535 or ascending ranges such as 8000-8100',
      });
    });
  }
});

describe("a port's name", () => {
  for (const text of ['http', 'a', 'h2', '8080x', 'grpc-web', 'abcdefghijklmno']) {
    it(`can be ${text}`, () => {
      expect(isPortName(text)).to.equal(true);
    });
  }

  for (const text of [
    '',
    '8080',
    '80-80',
    '-http',
    'http-',
    'a--b',
    'HTTP',
    'ht tp',
    'abcdefghijklmnop',
    'ä',
  ]) {
    it(`cannot be ${JSON.stringify(text)}`, () => {
      expect(isPortName(text)).to.equal(false);
    });
  }
});
