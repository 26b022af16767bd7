import { expect } from 'chai';
import { formatCidr, parseCidr } from '../../settings/cidr.ts';

describe('a CIDR', () => {
  for (const [text, family, written] of [
    ['10.0.0.0/8', 'ipv4', '10.0.0.0/8'],
    ['0.0.0.0/0', 'ipv4', '0.0.0.0/0'],
    ['192.168.1.7/32', 'ipv4', '192.168.1.7/32'],
    ['::/0', 'ipv6', '::/0'],
    ['::1/128', 'ipv6', '::1/128'],
    ['fd00::/8', 'ipv6', 'fd00::/8'],
  ] as const) {
    it(`leaves ${text} as it is`, () => {
      const cidr = parseCidr(text);
      expect(cidr).to.deep.equal({ ok: true, value: { family, text: written } });
      expect(cidr.ok && formatCidr(cidr.value)).to.equal(written);
    });
  }

  for (const [text, written] of [
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['172.31.255.255/12', '172.16.0.0/12'],
    ['192.168.1.7/31', '192.168.1.6/31'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['fd12:3456:789a::1/48', 'fd12:3456:789a::/48'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['ffff::/1', '8000::/1'],
  ] as const) {
    it(`clears the host bits of ${text}: ${written}`, () => {
      expect(parseCidr(text)).to.have.nested.property('value.text', written);
    });
  }

  // RFC 5952 section 4.
  for (const [rule, text, written] of [
    ['leading zeros go', '2001:0db8::0001/128', '2001:db8::1/128'],
    ['letters are small', '2001:DB8::ABCD/128', '2001:db8::abcd/128'],
    ['the run of zeros is shortened as far as it goes', '2001:db8:0:0:0:0:2:1/128', '2001:db8::2:1/128'],
    ['one zero alone is not shortened', '2001:db8::1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'],
    ['the longest run is shortened', '2001:0:0:1:0:0:0:1/128', '2001:0:0:1::1/128'],
    ['of equal runs the first is shortened', '2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['a dotted end is an IPv4-mapped address only after ffff', '::1.2.3.4/128', '::102:304/128'],
    ['a dotted end is read', '64:ff9b::10.0.0.0/104', '64:ff9b::a00:0/104'],
  ] as const) {
    it(`writes IPv6 in its one canonical form: ${rule}`, () => {
      expect(parseCidr(text)).to.have.nested.property('value.text', written);
    });
  }

  it('keeps an IPv4-mapped block an IPv6 block, since that is the family of the rule', () => {
    expect(parseCidr('::ffff:1.2.3.4/128')).to.have.nested.property('value.family', 'ipv6');
  });

  for (const [why, text] of [
    ['no prefix length', '10.0.0.1'],
    ['no prefix length', 'fd00::1'],
    ['an empty prefix length', '10.0.0.0/'],
    ['a prefix length too long', '10.0.0.0/33'],
    ['a prefix length too long', 'fd00::/129'],
    ['a prefix length with a leading zero', '10.0.0.0/08'],
    ['a negative prefix length', '10.0.0.0/-1'],
    ['a netmask', '10.0.0.0/255.0.0.0'],
    ['two prefix lengths', '10.0.0.0/8/8'],
    ['a short IPv4 address', '10/8'],
    ['an octal IPv4 address', '010.0.0.0/8'],
    ['an octet too large', '10.0.0.256/32'],
    ['a zone', 'fe80::1%eth0/64'],
    ['brackets', '[::1]/128'],
    ['a name', 'example.com/24'],
    ['nothing', ''],
    ['a slash alone', '/8'],
    ['a space', ' 10.0.0.0/8'],
  ] as const) {
    it(`refuses ${why}: ${JSON.stringify(text)}`, () => {
      expect(parseCidr(text)).to.deep.equal({
        ok: false,
        expected: 'CIDRs with a prefix length, such as 10.0.0.0/8 or fd00::/8',
      });
    });
  }
});
