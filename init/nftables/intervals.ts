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
  const first = addressNumber(address);
  return { first, last: first + 2n ** (width[family] - BigInt(prefix)) - 1n };
}

/** The addresses from one to another as nft prints them; undefined where these are no addresses. */
export function addressInterval(from: string, to: string): Interval | undefined {
  const [first, last] = [from, to].map((text) => {
    // parseCidr knows all the ways in which C libraries print an IPv6 address.
    const host = parseCidr(`${text}/${text.includes(':') ? 128 : 32}`);
    return host.ok ? cidrInterval(host.value).first : undefined;
  });
  return first === undefined || last === undefined ? undefined : { first, last };
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

const addressNumber = (address: string): bigint =>
  ipaddr
    .parse(address)
    .toByteArray()
    .reduce((number, byte) => number * 256n + BigInt(byte), 0n);

function formatAddress(family: Family, number: bigint): string {
  const digits = number.toString(16).padStart(Number(width[family] / 4n), '0');
  const bytes = (digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  const address = ipaddr.fromByteArray(bytes);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
