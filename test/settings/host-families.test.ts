import type { NetworkInterfaceInfo } from 'node:os';
import { expect } from 'chai';
import { familiesOfHost, familiesOfLinks, resolveFamilies } from '../../settings/host-families.ts';

function address(text: string, internal = false): NetworkInterfaceInfo {
  const common = { address: text, netmask: '', mac: '00:00:00:00:00:00', internal, cidr: null };
  return text.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

describe('the families of a host', () => {
  const loopback = [address('127.0.0.1', true), address('::1', true)];

  for (const [what, addresses, families] of [
    ['IPv4 where it has an IPv4 address', ['10.0.0.5'], ['ipv4']],
    ['IPv6 where it has an IPv6 address', ['fd00::5'], ['ipv6']],
    ['both, IPv4 first, where it has both', ['fd00::5', '10.0.0.5'], ['ipv4', 'ipv6']],
    ['none where it has loopback alone', [], []],
    ['IPv4 alone where the IPv6 address is link-local', ['10.0.0.5', 'fe80::1'], ['ipv4']],
    ['IPv4 alone at the end of the link-local block', ['10.0.0.5', 'febf::1'], ['ipv4']],
    ['IPv6 past the end of the link-local block', ['fec0::1'], ['ipv6']],
    ['IPv6 alone where the IPv4 address is link-local', ['169.254.3.4', '2001:db8::5'], ['ipv6']],
    ['IPv4 beside the link-local block', ['169.253.3.4'], ['ipv4']],
    ['IPv6 where a word merely begins with the digits of fe80::/10', ['fe8::1'], ['ipv6']],
  ] as const) {
    it(`are ${what}`, () => {
      const eth0 = addresses.map((text) => address(text));
      expect(familiesOfHost({ lo: loopback, eth0 })).to.deep.equal(families);
    });
  }

  it('are none where no interface has an address', () => {
    expect(familiesOfHost({})).to.deep.equal([]);
    expect(familiesOfHost({ eth0: undefined })).to.deep.equal([]);
  });

  it('include on links those with a link-local address', () => {
    const eth0 = [address('10.0.0.5'), address('fe80::1')];
    expect(familiesOfLinks({ lo: loopback, eth0 })).to.deep.equal(['ipv4', 'ipv6']);
    expect(familiesOfLinks({ lo: loopback, eth0: undefined })).to.deep.equal([]);
  });

  it('are the ones asked for, whatever the addresses', () => {
    expect(resolveFamilies('ipv6', { eth0: [address('10.0.0.5')] })).to.deep.equal(['ipv6']);
    expect(resolveFamilies('dual', { lo: loopback })).to.deep.equal(['ipv4', 'ipv6']);
  });

  it('are those of the addresses where auto is asked for, and IPv4 where there are none', () => {
    expect(resolveFamilies('auto', { lo: loopback, eth0: [address('fd00::5')] })).to.deep.equal(['ipv6']);
    expect(resolveFamilies('auto', { lo: loopback })).to.deep.equal(['ipv4']);
  });
});
