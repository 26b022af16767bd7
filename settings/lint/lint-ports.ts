import { ownPorts } from '../names.ts';
import { formatPortRange, type PortRange } from '../port.ts';
import type { Selection } from '../result.ts';
import type { Settings } from '../settings.ts';
import type { Finding } from './finding.ts';

type Ports = Selection<PortRange>;
type Judge = (range: PortRange) => string | undefined;

/** What the lists of ports hold that changes nothing. */
export function lintPorts(settings: Settings): readonly Finding[] {
  const { includeInboundPorts, excludeInboundPorts, includeOutboundPorts, excludeOutboundPorts } = settings;
  const { includeOutboundCidrs, excludeOutboundCidrs, dropInvalid } = settings;
  const noCidrs = includeOutboundCidrs.kind === 'list' && includeOutboundCidrs.items.length === 0;
  return [
    ...each('include-inbound-ports', includeInboundPorts, [
      own,
      takenBy('exclude-inbound-ports', excludeInboundPorts),
    ]),
    // What is excluded is not dropped either, captured or not.
    ...each(
      'exclude-inbound-ports',
      excludeInboundPorts,
      dropInvalid ? [] : [own, outsideOf('include-inbound-ports', includeInboundPorts)],
    ),
    ...each('include-outbound-ports', includeOutboundPorts, [
      () => (excludeOutboundCidrs.kind === 'all' ? 'exclude-outbound-cidrs is *' : undefined),
      () => (includeOutboundCidrs.kind === 'all' ? 'include-outbound-cidrs is *' : undefined),
      takenBy('exclude-outbound-ports', excludeOutboundPorts),
    ]),
    ...each('exclude-outbound-ports', excludeOutboundPorts, [
      () => (excludeOutboundCidrs.kind === 'all' ? 'exclude-outbound-cidrs is *' : undefined),
      noCidrs ? outsideOf('include-outbound-ports', includeOutboundPorts) : () => undefined,
    ]),
  ];
}

function each(setting: string, selected: Ports, judges: readonly Judge[]): readonly Finding[] {
  if (selected.kind === 'all') return [];
  return selected.items.flatMap((range, index) => {
    const holder = selected.items.find(
      (one, at) => holds(one, range) && (at < index || (at > index && !holds(range, one))),
    );
    const held = holder && `${setting} ${formatPortRange(holder)} holds it already`;
    const why = held ?? judges.map((judge) => judge(range)).find((one) => one !== undefined);
    return why === undefined ? [] : [{ setting, value: formatPortRange(range), why }];
  });
}

const holds = (outer: PortRange, inner: PortRange): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

const own: Judge = ({ first, last }) =>
  first === last && ownPorts.some((port) => port === first)
    ? 'a port of the proxy itself, never captured'
    : undefined;

const takenBy =
  (setting: string, selected: Ports): Judge =>
  (range) => {
    if (selected.kind === 'all') return `${setting} is *`;
    const holder = selected.items.find((one) => holds(one, range));
    return holder && `${setting} ${formatPortRange(holder)} takes all of it`;
  };

/** Of an exclusion: that nothing of it is captured in the first place. */
const outsideOf =
  (setting: string, selected: Ports): Judge =>
  ({ first, last }) =>
    selected.kind === 'all' || selected.items.some((one) => one.first <= last && first <= one.last)
      ? undefined
      : `not in ${setting}`;
