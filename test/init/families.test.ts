import { expect } from 'chai';
import { resolveFamilies } from '../../init/families.ts';

const lo = [
  { address: '127.0.0.1', family: 'IPv4', internal: true },
  { address: '::1', family: 'IPv6', internal: true },
  { address: '::6', family: 'IPv6', internal: true },
];
const ipv4 = { address: '10.1.2.3', family: 'IPv4', internal: false };
const ipv6 = { address: 'fd00::5', family: 'IPv6', internal: false };
const linkLocal = [
  { address: '169.254.3.4', family: 'IPv4', internal: false },
  { address: 'fe80::1', family: 'IPv6', internal: false },
  { address: 'febf::1', family: 'IPv6', internal: false },
];

describe('The families of a host', () => {
  const cases = [
    { says: 'IPv4 alone', addresses: [ipv4, ...linkLocal], families: ['ipv4'] },
    { says: 'IPv6 alone', addresses: [ipv6, ...linkLocal], families: ['ipv6'] },
    { says: 'both', addresses: [ipv6, ipv4], families: ['ipv4', 'ipv6'] },
    { says: 'IPv4 without any address but link-local ones', addresses: linkLocal, families: ['ipv4'] },
  ] as const;
  for (const { says, addresses, families } of cases) {
    it(`are ${says}`, () => {
      expect(resolveFamilies('auto', { lo, eth0: addresses })).to.deep.equal(families);
    });
  }

  it('are the given ones, whatever the addresses', () => {
    expect(resolveFamilies('ipv6', { eth0: [ipv4] })).to.deep.equal(['ipv6']);
    expect(resolveFamilies('dual', { lo })).to.deep.equal(['ipv4', 'ipv6']);
  });
});
