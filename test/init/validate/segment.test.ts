import { expect } from 'chai';
import type { Endpoint } from '../../../init/trace/flags.ts';
import { decodeSegment, encodeSegment, flag } from '../../../init/validate/segment.ts';
import { addressBlock } from '../../../settings/block.ts';

const to = Uint8Array.of(2, 0, 0, 0, 0, 1);
const from = Uint8Array.of(2, 0, 0, 0, 0, 2);
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex');

function end(text: string, port: number): Endpoint {
  const address = addressBlock(text);
  if (address === undefined) throw new Error(`${text} is not an address`);
  return { address, port };
}

describe('A segment', () => {
  it('of IPv4 is a frame with a checksum in both headers', () => {
    const opening = { source: end('192.0.2.2', 40000), destination: end('10.0.0.1', 80) };
    const frame = encodeSegment(
      { ...opening, sequence: 0x01020304, acknowledgement: 0, flags: flag.syn },
      to,
      from,
    );
    const ip = '4500 0028 0000 4000 4006 6ecd c0000202 0a000001';
    const tcp = '9c40 0050 01020304 00000000 5002 ffff 4349 0000';
    expect(hex(frame)).to.equal(hex(bytes(`020000000001 020000000002 0800 ${ip} ${tcp}`)));
  });

  it('of IPv6 is a frame with a checksum in the header of TCP', () => {
    const refusal = { source: end('2001:db8::2', 80), destination: end('fd00:77::1', 40000) };
    const flags = flag.rst | flag.ack;
    const frame = encodeSegment({ ...refusal, sequence: 0, acknowledgement: 0x01020305, flags }, to, from);
    const ip = '60000000 0014 06 40 20010db8000000000000000000000002 fd000077000000000000000000000001';
    const tcp = '0050 9c40 00000000 01020305 5014 ffff e405 0000';
    expect(hex(frame)).to.equal(hex(bytes(`020000000001 020000000002 86dd ${ip} ${tcp}`)));
  });

  it('is read from what the kernel sends, options and all', () => {
    const ipv4 =
      '020000000001 020000000001 0800 4500003c45e24000400670d6c0000201c0000202 b7263a99a597748b00000000a002faf084320000 020405b40402080ac83992a0000000000103030a';
    expect(decodeSegment(bytes(ipv4))).to.deep.equal({
      source: end('192.0.2.1', 46886),
      destination: end('192.0.2.2', 15001),
      sequence: 0xa597748b,
      acknowledgement: 0,
      flags: flag.syn,
    });
    const ipv6 =
      '020000000001 020000000001 86dd 600cbeb60028064020010db800000000000000000000000120010db8000000000000000000000002 a7aa3a996af49fbf00000000a002fd205ba30000 020405a00402080adbc068160000000001030 30a';
    expect(decodeSegment(bytes(ipv6))).to.deep.equal({
      source: end('2001:db8::1', 42922),
      destination: end('2001:db8::2', 15001),
      sequence: 0x6af49fbf,
      acknowledgement: 0,
      flags: flag.syn,
    });
  });

  it('is not in what is no TCP, or cut short', () => {
    const udp =
      '020000000001 020000000001 0800 4500003c45e24000401170d6c0000201c0000202 b7263a99a597748b00000000a002faf084320000';
    const arp = `020000000001 020000000001 0806 ${'00'.repeat(60)}`;
    for (const frame of [udp, arp, '', '020000000001 020000000001 0800 45']) {
      expect(decodeSegment(bytes(frame)), frame).to.equal(undefined);
    }
  });
});
