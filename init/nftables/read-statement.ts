import { isDeepStrictEqual } from 'node:util';
import type { Family } from '../../settings/cidr.ts';
import {
  addressInterval,
  blockInterval,
  formatAddresses,
  formatNumbers,
  type Interval,
  mergeIntervals,
  numberInterval,
} from './intervals.ts';
import { hex, oneOf } from './statement.ts';

export type Json = Readonly<Record<string, unknown>>;

/**
 * One part of a rule, as nft prints it in JSON, in the words of `statements`. Anything else stays JSON: it is not of
 * ours, so all that matters is that it differs.
 */
export function statementText(part: unknown): string {
  const [[kind, value] = ['', undefined]] = Object.entries(part as Json);
  return known(kind, (value ?? {}) as Json) ?? JSON.stringify(part);
}

function known(kind: string, value: Json): string | undefined {
  switch (kind) {
    case 'return':
    case 'accept':
    case 'drop':
      return kind;
    case 'reject':
      return onlyKeys(value, 'type') ? `reject with ${value.type}` : undefined;
    case 'jump':
      return `jump ${value.target}`;
    case 'redirect':
      return onlyKeys(value, 'port') ? `redirect to :${value.port}` : undefined;
    case 'tproxy':
      if (!onlyKeys(value, 'port', 'family')) return undefined;
      return `tproxy${value.family === undefined ? '' : ` ${value.family}`} to :${value.port}`;
    case 'snat': {
      const { range } = (value.port ?? {}) as { range?: readonly unknown[] };
      return onlyKeys(value, 'port') && range !== undefined ? `snat to :${range.join('-')}` : undefined;
    }
    case 'mangle':
      if (isZone(value.key)) return `ct original zone set ${value.value}`;
      return isMark(field(value.key)) && typeof value.value === 'number'
        ? `${field(value.key)} set ${hex(value.value)}`
        : undefined;
    case 'match':
      return match(value);
    default:
      return undefined;
  }
}

const onlyKeys = (value: Json, ...keys: readonly string[]): boolean =>
  Object.keys(value).every((key) => keys.includes(key));

/** Of the direction in which a connection was made. */
const isZone = (key: unknown): boolean => isDeepStrictEqual(key, { ct: { key: 'zone', dir: 'original' } });

/** Of the packet, and of its connection. */
const isMark = (name: string | undefined): boolean => name === 'meta mark' || name === 'ct mark';

/** `meta l4proto`, `ct state`, `ip daddr`; undefined for what is none of these. */
function field(left: unknown): string | undefined {
  const [[kind, of] = ['', undefined], ...rest] = Object.entries((left ?? {}) as Json);
  if (rest.length > 0 || typeof of !== 'object' || of === null) return undefined;
  const named = of as Json;
  if (isDeepStrictEqual(named, { result: 'type', flags: ['saddr'] })) return 'fib saddr type';
  if (kind === 'payload') return `${named.protocol} ${named.field}`;
  return onlyKeys(named, 'key') ? `${kind} ${named.key}` : undefined;
}

const families: Readonly<Record<string, Family>> = {
  'ip saddr': 'ipv4',
  'ip daddr': 'ipv4',
  'ip6 saddr': 'ipv6',
  'ip6 daddr': 'ipv6',
};

/** nft prints the types that it knows by name; those that the model has are here. */
const icmpNames: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'icmp type': { 'destination-unreachable': 3, 'time-exceeded': 11 },
  'icmpv6 type': {
    'destination-unreachable': 1,
    'packet-too-big': 2,
    'time-exceeded': 3,
    'parameter-problem': 4,
    'mld-listener-report': 131,
    'mld-listener-done': 132,
    'mld-listener-reduction': 132,
    'nd-router-solicit': 133,
    'nd-neighbor-solicit': 135,
    'nd-neighbor-advert': 136,
    'mld2-listener-report': 143,
  },
};

function match({ op, left, right }: Json): string | undefined {
  if (op === '==' && right === 'syn' && isHandshake(left))
    return 'tcp flags & (fin | syn | rst | ack) == syn';
  const name = field(left);
  const value = name === undefined ? undefined : rightText(name, right);
  if (value === undefined) return undefined;
  // nft calls the test of bits, which is what ct state is, "in".
  const operator = op === '==' || (op === 'in' && name === 'ct state') ? '' : `${op} `;
  return `${shortened(name ?? '')} ${operator}${value}`;
}

/** The flags of TCP of which a connection's first packet has SYN alone, as nft prints them since 1.0.6: a list, or one of `|`. */
function isHandshake(left: unknown): boolean {
  const [flags, list] = ((left as Json)['&'] ?? []) as readonly unknown[];
  const names = Array.isArray(list) ? list : (list as Json | undefined)?.['|'];
  return field(flags) === 'tcp flags' && isDeepStrictEqual(names, ['fin', 'syn', 'rst', 'ack']);
}

const shortened = (name: string): string => name.replace(/^meta ([io]ifname)$/, '$1');

function rightText(name: string, right: unknown): string | undefined {
  const family = families[name];
  if (family !== undefined) {
    return setText(right, addresses, (one) => formatAddresses(family, one));
  }
  if (/^(tcp|udp) dport$/.test(name)) return setText(right, (one) => numbers(one), formatNumbers);
  const names = icmpNames[name];
  if (names !== undefined) return setText(right, (one) => numbers(one, names), formatNumbers);
  if (isMark(name)) return typeof right === 'number' ? hex(right) : undefined;
  if (name === 'ct state') return [right].flat().map(String).toSorted().join(',');
  if (typeof right !== 'string' && typeof right !== 'number') return undefined;
  return /ifname$/.test(name) ? `"${right}"` : `${right}`;
}

/** Intervals in the order and the shape in which we write them: nft has its own of both, and they vary. */
function setText(
  right: unknown,
  read: (one: unknown) => Interval | undefined,
  format: (interval: Interval) => string,
): string | undefined {
  const set = (right as Json | undefined)?.set;
  const intervals = (Array.isArray(set) ? set : [right]).map(read);
  if (intervals.some((one) => one === undefined)) return undefined;
  return oneOf(mergeIntervals(intervals.filter((one) => one !== undefined)).map(format));
}

/** `"10.0.0.1"`, `{"prefix": {"addr": "10.0.0.0", "len": 8}}` or `{"range": ["10.0.0.1", "10.0.0.5"]}`. */
function addresses(one: unknown): Interval | undefined {
  if (typeof one === 'string') return addressInterval(one, one);
  const { prefix, range } = one as { prefix?: { addr: string; len: number }; range?: [string, string] };
  if (range !== undefined) return addressInterval(...range);
  return prefix === undefined ? undefined : blockInterval(prefix.addr, prefix.len);
}

/** `443` or `{"range": [8000, 8100]}`, where a number can have a name. */
function numbers(one: unknown, names: Readonly<Record<string, number>> = {}): Interval | undefined {
  const { range } = (one ?? {}) as { range?: unknown };
  const [first, last] = (Array.isArray(range) ? range : [one, one]).map((end) => names[`${end}`] ?? end);
  return Number.isInteger(first) && Number.isInteger(last) ? numberInterval(first, last) : undefined;
}
