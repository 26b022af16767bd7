import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type Cidr, type Family, parseCidr } from '../../settings/cidr.ts';

/** Whole numbers from `first` to `last`, both included: ports, or addresses as the numbers that they are. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** Sorted, without overlaps and with neighbours joined: what the kernel's sets hold, whatever they were given. */
export function mergeIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const merged: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of intervals.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const previous = merged.at(-1);
    if (previous === undefined || first > previous.last + 1n) merged.push({ first, last });
    else if (last > previous.last) previous.last = last;
  }
  return merged;
}

const width = { ipv4: 32n, ipv6: 128n } as const;

export function cidrInterval({ family, text }: Cidr): Interval {
  const [address = '', prefix = ''] = text.split('/');
  return block(addressNumber(address), family, Number(prefix));
}

/** The addresses from one to another as nft prints them; undefined where these are no addresses. */
export function addressInterval(from: string, to: string): Interval | undefined {
  const first = printedAddress(from);
  const last = from === to ? first : printedAddress(to);
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** The block as nft prints it; undefined where this is no address. */
export function blockInterval(address: string, prefix: number): Interval | undefined {
  const first = printedAddress(address);
  return first === undefined ? undefined : block(first, address.includes(':') ? 'ipv6' : 'ipv4', prefix);
}

const block = (first: bigint, family: Family, prefix: number): Interval => ({
  first,
  last: first + (1n << (width[family] - BigInt(prefix))) - 1n,
});

function printedAddress(text: string): bigint | undefined {
  if (!isIP(text)) return undefined;
  if (!text.includes(':') || !text.includes('.')) return addressNumber(text);
  // parseCidr knows the ways in which C libraries print IPv6 addresses that hold one of IPv4.
  const host = parseCidr(`${text}/128`);
  return host.ok ? cidrInterval(host.value).first : undefined;
}

/** Whether the interval holds every address of the family. */
export const isWhole = (family: Family, { first, last }: Interval): boolean =>
  first === 0n && last === 2n ** width[family] - 1n;

/** `10.0.0.0/8` where a block fits, `10.0.0.1` for one address, otherwise `10.0.0.1-10.0.0.5`. */
export function formatAddresses(family: Family, { first, last }: Interval): string {
  const start = formatAddress(family, first);
  if (first === last) return start;
  const size = last - first + 1n;
  const isBlock = (size & (size - 1n)) === 0n && first % size === 0n;
  if (!isBlock) return `${start}-${formatAddress(family, last)}`;
  return `${start}/${width[family] - BigInt(size.toString(2).length - 1)}`;
}

export const numberInterval = (first: number, last: number): Interval => ({
  first: BigInt(first),
  last: BigInt(last),
});

export const formatNumbers = ({ first, last }: Interval): string =>
  first === last ? `${first}` : `${first}-${last}`;

/** By the texts' own digits: there can be hundreds of them, and a pod waits. */
function addressNumber(address: string): bigint {
  if (!address.includes(':')) {
    return BigInt(address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0));
  }
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros: readonly string[] = Array(8 - head.length - tail.length).fill('0');
  return BigInt(`0x${[...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('')}`);
}

function formatAddress(family: Family, number: bigint): string {
  if (family === 'ipv4') {
    const value = Number(number);
    return [24, 16, 8, 0].map((bits) => (value >>> bits) & 255).join('.');
  }
  const groups = number.toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
  return new ipaddr.IPv6(groups.map((group) => Number.parseInt(group, 16))).toRFC5952String();
}
