import { expect } from 'chai';
import { parseGid, parseOwner, parseUid } from '../../settings/uid.ts';

describe('a user id', () => {
  for (const [text, uid] of [
    ['1', 1],
    ['51337', 51337],
    ['4294967294', 4294967294],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseUid(text)).to.deep.equal({ ok: true, value: uid });
    });
  }

  for (const [why, text] of [
    ['root, since every root process would be exempt', '0'],
    ['the number that means "no user" to the kernel', '4294967295'],
    ['more than 32 bits', '4294967296'],
    ['eleven digits', '00000000001'],
    ['a negative number', '-1'],
    ['a fraction', '1.5'],
    ['a name', 'root'],
    ['nothing', ''],
  ] as const) {
    it(`refuses ${why}: ${JSON.stringify(text)}`, () => {
      expect(parseUid(text)).to.deep.equal({
        ok: false,
        expected: 'a numeric user id from 1 to 4294967294',
      });
    });
  }
});

describe('a group id', () => {
  it('has the bounds of a user id', () => {
    expect(parseGid('51337')).to.deep.equal({ ok: true, value: 51337 });
    expect(parseGid('0')).to.deep.equal({ ok: false, expected: 'a numeric group id from 1 to 4294967294' });
  });
});

describe('an owner that is left alone', () => {
  it("may be root, for it is an application's owner", () => {
    expect(parseOwner('0')).to.deep.equal({ ok: true, value: 0 });
    expect(parseOwner('')).to.have.property('ok', false);
    expect(parseOwner('4294967295')).to.have.property('ok', false);
  });
});
