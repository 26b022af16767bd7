import { addressBlock, type Block } from '../../settings/block.ts';
import type { Endpoint } from '../trace/flags.ts';

/** A TCP segment without data or options, in its Ethernet frame (RFC 9293, RFC 791, RFC 8200). */
export interface Segment {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** Any of `flag`, added up. */
  readonly flags: number;
}

export const flag = { syn: 0x02, rst: 0x04, ack: 0x10 } as const;

const etherTypes = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const ethernetBytes = 14;
const tcpBytes = 20;
const tcpProtocol = 6;

/** `to` and `from` are the frame's hardware addresses, six bytes each. */
export function encodeSegment(segment: Segment, to: Uint8Array, from: Uint8Array): Uint8Array {
  const { source, destination } = segment;
  const { family } = destination.address;
  const addresses = [...bytesOf(source.address), ...bytesOf(destination.address)];
  const tcp = tcpHeader(segment);
  // The sum is over a pseudo header as well: addresses, length, protocol.
  write16(tcp, 16, checksum(new Uint8Array([...addresses, 0, tcpBytes, 0, tcpProtocol, ...tcp])));
  const ip = family === 'ipv4' ? ipv4Header(addresses) : ipv6Header(addresses);
  const type = etherTypes[family];
  return new Uint8Array([...to, ...from, type >> 8, type & 0xff, ...ip, ...tcp]);
}

function tcpHeader({ source, destination, sequence, acknowledgement, flags }: Segment): Uint8Array {
  const bytes = new Uint8Array(tcpBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, source.port);
  view.setUint16(2, destination.port);
  view.setUint32(4, sequence);
  view.setUint32(8, acknowledgement);
  view.setUint8(12, (tcpBytes / 4) << 4);
  view.setUint8(13, flags);
  view.setUint16(14, 0xffff);
  return bytes;
}

function ipv4Header(addresses: readonly number[]): Uint8Array {
  const header = new Uint8Array([
    0x45,
    0,
    0,
    20 + tcpBytes,
    0,
    0,
    0x40,
    0,
    64,
    tcpProtocol,
    0,
    0,
    ...addresses,
  ]);
  write16(header, 10, checksum(header));
  return header;
}

const ipv6Header = (addresses: readonly number[]): Uint8Array =>
  new Uint8Array([0x60, 0, 0, 0, 0, tcpBytes, tcpProtocol, 64, ...addresses]);

/** The segment in a frame; undefined for what is no TCP. Options and data are passed over. */
export function decodeSegment(frame: Uint8Array): Segment | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.byteLength < ethernetBytes + 20 + tcpBytes) return undefined;
  const type = view.getUint16(12);
  const isIpv4 = type === etherTypes.ipv4;
  if (!isIpv4 && type !== etherTypes.ipv6) return undefined;
  const ipBytes = isIpv4 ? (view.getUint8(ethernetBytes) & 0x0f) * 4 : 40;
  const tcp = ethernetBytes + ipBytes;
  if (frame.byteLength < tcp + tcpBytes) return undefined;
  if (view.getUint8(ethernetBytes + (isIpv4 ? 9 : 6)) !== tcpProtocol) return undefined;
  const [start, size] = isIpv4 ? [ethernetBytes + 12, 4] : [ethernetBytes + 8, 16];
  const source = addressOf(frame.subarray(start, start + size));
  const destination = addressOf(frame.subarray(start + size, start + 2 * size));
  if (source === undefined || destination === undefined) return undefined;
  return {
    source: { address: source, port: view.getUint16(tcp) },
    destination: { address: destination, port: view.getUint16(tcp + 2) },
    sequence: view.getUint32(tcp + 4),
    acknowledgement: view.getUint32(tcp + 8),
    flags: view.getUint8(tcp + 13) & (flag.syn | flag.rst | flag.ack),
  };
}

/** The four or sixteen bytes of an address. */
export const bytesOf = ({ bits }: Block): readonly number[] =>
  (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));

/** The address that four or sixteen bytes are. */
export function addressOf(bytes: Uint8Array): Block | undefined {
  if (bytes.length === 4) return addressBlock(bytes.join('.'));
  return addressBlock((Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':'));
}

/** RFC 1071; for an even number of bytes. */
function checksum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const write16 = (bytes: Uint8Array, at: number, value: number): void =>
  new DataView(bytes.buffer).setUint16(at, value);
