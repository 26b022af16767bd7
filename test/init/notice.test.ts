import { expect } from 'chai';
import { InitError } from '../../init/init-error.ts';
import { askedOutput, noticesOf, noticeText, warningOf } from '../../init/notice.ts';

const finding = { setting: 'exclude-outbound-cidrs', value: 'fd00::/8', why: 'ipv6 is not captured' };

describe('A notice', () => {
  it('of a finding is a warning, with its parts in JSON', () => {
    expect(noticeText(warningOf(finding), 'text')).to.equal(
      'warning: exclude-outbound-cidrs fd00::/8: no effect: ipv6 is not captured',
    );
    expect(JSON.parse(noticeText(warningOf(finding), 'json'))).to.deep.equal({
      level: 'warning',
      message: 'exclude-outbound-cidrs fd00::/8: no effect: ipv6 is not captured',
      setting: 'exclude-outbound-cidrs',
      value: 'fd00::/8',
      why: 'ipv6 is not captured',
    });
  });

  it('of bad usage is one for each bad value', () => {
    expect(noticesOf(new InitError('usage', 'flag --wait: no\nflag --output: no'))).to.deep.equal([
      { level: 'error', code: 'usage', message: 'flag --wait: no' },
      { level: 'error', code: 'usage', message: 'flag --output: no' },
    ]);
  });

  it('of a refusal is one, with its family, and one line in JSON', () => {
    const error = new InitError('refused', 'ipv6: no\nipv4: rolled back', { family: 'ipv6' });
    const [notice, ...others] = noticesOf(error);
    expect(others).to.deep.equal([]);
    if (notice === undefined) throw new Error('no notice');
    expect(noticeText(notice, 'text')).to.equal('ipv6: no\nipv4: rolled back');
    expect(noticeText(notice, 'json')).to.equal(
      '{"level":"error","code":"refused","message":"ipv6: no\\nipv4: rolled back","family":"ipv6"}',
    );
  });

  it('of a defect says so', () => {
    const [notice] = noticesOf(new TypeError('x is undefined'));
    expect(notice).to.deep.include({ level: 'error', code: 'unexpected' });
    expect(notice?.message).to.match(/^TypeError: x is undefined\n +at /);
  });

  for (const [args, variable, output] of [
    [[], undefined, 'text'],
    [[], 'json', 'json'],
    [[], 'xml', 'text'],
    [['apply', '--output', 'json'], undefined, 'json'],
    [['apply', '--output=json', '--no-such-flag'], undefined, 'json'],
    [['apply', '--output', 'text'], 'json', 'text'],
    [['apply', '--output'], 'json', 'json'],
  ] as const) {
    it(`is ${output} with ${JSON.stringify(args)} and the variable ${variable}`, () => {
      expect(askedOutput(args, { OUTRIDER_OUTPUT: variable })).to.equal(output);
    });
  }
});
