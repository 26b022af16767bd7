import { expect } from 'chai';
import {
  addressInterval,
  blockInterval,
  cidrInterval,
  formatAddresses,
  isWhole,
  mergeIntervals,
} from '../../../init/nftables/intervals.ts';
import { parseCidr } from '../../../settings/cidr.ts';

function round(...texts: readonly string[]): readonly string[] {
  const cidrs = texts.map((text) => parseCidr(text)).flatMap((one) => (one.ok ? [one.value] : []));
  const family = cidrs[0]?.family ?? 'ipv4';
  return mergeIntervals(cidrs.map(cidrInterval)).map((one) => formatAddresses(family, one));
}

describe('An interval of addresses', () => {
  it('is written as the shortest text that nft takes', () => {
    expect(round('255.255.255.255/32', '0.0.0.0/32', '10.0.0.0/8')).to.deep.equal([
      '0.0.0.0',
      '10.0.0.0/8',
      '255.255.255.255',
    ]);
    expect(round('::/127', '::2/128', 'ffff::/16')).to.deep.equal(['::-::2', 'ffff::/16']);
    expect(round('1:0:2:0:0:0:0:5/128', '::ffff:0:0/96')).to.deep.equal(['::ffff:0:0/96', '1:0:2::5']);
  });

  it('is one with what it touches or overlaps', () => {
    expect(round('10.0.0.0/9', '10.128.0.0/9', '10.3.0.0/16')).to.deep.equal(['10.0.0.0/8']);
    expect(round('10.0.0.1/32', '10.0.0.2/32', '10.0.0.4/32')).to.deep.equal([
      '10.0.0.1-10.0.0.2',
      '10.0.0.4',
    ]);
    expect(round('fd00::/9', 'fd80::/9')).to.deep.equal(['fd00::/8']);
  });

  it('can be all that there are', () => {
    const all = { first: 0n, last: 2n ** 32n - 1n };
    expect(isWhole('ipv4', all)).to.equal(true);
    expect(isWhole('ipv6', all)).to.equal(false);
    expect(formatAddresses('ipv4', all)).to.equal('0.0.0.0/0');
  });

  it('is read in every way in which a C library prints it', () => {
    for (const [printed, plain] of [
      ['::ffff:10.0.0.1', '::ffff:a00:1'],
      ['::1.2.3.4', '::102:304'],
      ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
      ['FD00::0001', 'fd00::1'],
    ] as const) {
      const interval = addressInterval(printed, printed);
      expect(interval && formatAddresses('ipv6', interval)).to.equal(plain);
    }
    const block = blockInterval('::ffff:0.0.0.0', 96);
    expect(block && formatAddresses('ipv6', block)).to.equal('::ffff:0:0/96');
  });

  it('is not made of what is no address', () => {
    expect(addressInterval('10.0.0.1', 'ten')).to.equal(undefined);
    expect(blockInterval('10.0.0', 8)).to.equal(undefined);
  });
});
