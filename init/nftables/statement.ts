import type { Cidr } from '../../settings/cidr.ts';
import { formatPortRange } from '../../settings/port.ts';
import type { Match } from '../rules/rule.ts';
import {
  cidrInterval,
  formatAddresses,
  formatNumbers,
  isWhole,
  mergeIntervals,
  numberInterval,
} from './intervals.ts';
import type { SharedRule } from './share.ts';

/** The texts of a rule in the exact form in which `readTable` gives what the kernel holds; a rule can take two. */
export function statements({ rule, family, matches }: SharedRule): readonly string[] {
  const { match, verdict } = rule;
  const addresses = [
    ...anyAddress(
      'saddr',
      matches.flatMap(({ source }) => source ?? []),
    ),
    ...anyAddress(
      'daddr',
      matches.flatMap(({ destination }) => destination ?? []),
    ),
    ...notAddress(match),
  ];
  const transport = [...protocol(match), ...icmpTypes(matches)];
  // Both an address and a type of ICMP belong to one family already. Of a reset, nft does not list the family; the way to
  // its chain tells it.
  const tellsFamily = addresses.length > 0 || match.icmpType !== undefined || verdict.kind === 'reset';
  const guard = family !== undefined && !tellsFamily ? [`meta nfproto ${family}`] : [];
  const before = [...guard, ...interfaces(match), ...addresses, ...transport, ...state(match)];
  const line = (text: string): string => [...before, text].join(' ');
  switch (verdict.kind) {
    case 'return':
    case 'accept':
    case 'drop':
      return [line(verdict.kind)];
    case 'reset':
      return [line('reject with tcp reset')];
    case 'jump':
      return [line(`jump ${verdict.chain}`)];
    case 'redirect':
      return [line(`redirect to :${verdict.port}`)];
    case 'mark':
      return [line(`meta mark set ${hex(verdict.mark)}`)];
    case 'connection-mark':
      return [line(`ct mark set ${hex(verdict.mark)}`)];
    case 'zone':
      return [line(`ct original zone set ${verdict.zone}`)];
    case 'source-ports':
      return [line(`snat to :${formatPortRange(verdict.ports)}`)];
    case 'tproxy': {
      // Without a listener, TPROXY of iptables drops the packet, and that of nft lets it pass on to the application.
      const to = family === undefined ? 'tproxy' : `tproxy ${protocols[family]}`;
      return [line(`${to} to :${verdict.port} meta mark set ${hex(verdict.mark)} accept`), line('drop')];
    }
  }
}

const protocols = { ipv4: 'ip', ipv6: 'ip6' } as const;

/** Nothing where the addresses are all that there are. */
function anyAddress(field: 'saddr' | 'daddr', cidrs: readonly Cidr[]): readonly string[] {
  const family = cidrs[0]?.family;
  if (family === undefined) return [];
  const merged = mergeIntervals(cidrs.map(cidrInterval));
  if (merged.some((interval) => isWhole(family, interval))) return [];
  return [`${protocols[family]} ${field} ${oneOf(merged.map((one) => formatAddresses(family, one)))}`];
}

function notAddress({ notDestination: not }: Match): readonly string[] {
  if (not === undefined) return [];
  return [`${protocols[not.family]} daddr != ${formatAddresses(not.family, cidrInterval(not))}`];
}

const interfaces = ({ inInterface, outInterface }: Match): readonly string[] => [
  ...option('iifname', inInterface === undefined ? undefined : interfaceText(inInterface)),
  ...option('oifname', outInterface === undefined ? undefined : interfaceText(outInterface)),
];

/** iptables writes `eth+` for every name that begins so. */
const interfaceText = (name: string): string => `"${name.replace(/\+$/, '*')}"`;

function protocol({ protocol, notProtocol, destinationPorts, icmpType, syn }: Match): readonly string[] {
  if (protocol === undefined) return option('meta l4proto !=', notProtocol);
  if (icmpType !== undefined) return [];
  // Both a port and a flag tell the protocol already.
  const flags = syn ? ['tcp flags & (fin | syn | rst | ack) == syn'] : [];
  if (destinationPorts === undefined) return syn ? flags : [`meta l4proto ${protocol}`];
  const merged = mergeIntervals(destinationPorts.map(({ first, last }) => numberInterval(first, last)));
  return [`${protocol} dport ${oneOf(merged.map(formatNumbers))}`, ...flags];
}

function icmpTypes(matches: readonly Match[]): readonly string[] {
  const types = matches.flatMap(({ icmpType }) => icmpType ?? []);
  if (types.length === 0) return [];
  const name = matches[0]?.protocol === 'icmp' ? 'icmp' : 'icmpv6';
  const merged = mergeIntervals(types.map((type) => numberInterval(type, type)));
  return [`${name} type ${oneOf(merged.map(formatNumbers))}`];
}

const state = ({
  uid,
  gid,
  state,
  direction,
  mark,
  connectionMark,
  foreignSource,
}: Match): readonly string[] => [
  ...option('meta skuid', uid),
  ...option('meta skgid', gid),
  ...option('ct state', state?.toLowerCase().split(',').toSorted().join(',')),
  ...option('ct direction', direction?.toLowerCase()),
  ...option('meta mark', mark === undefined ? undefined : hex(mark)),
  ...option('ct mark', connectionMark === undefined ? undefined : hex(connectionMark)),
  ...option('fib saddr type !=', foreignSource && 'local'),
];

const option = (words: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [`${words} ${value}`];

/** An anonymous set: looking something up takes the same time whatever its size, and it goes with its rule. */
export const oneOf = (values: readonly string[]): string =>
  values.length === 1 ? `${values[0]}` : `{ ${values.join(', ')} }`;

export const hex = (mark: number): string => `0x${mark.toString(16)}`;
