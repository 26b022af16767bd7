import { type Block, blockOf } from '../../settings/block.ts';
import type { PortRange } from '../../settings/port.ts';
import { formatPortRange } from '../../settings/port.ts';
import type { Match } from './rule.ts';

/**
 * One of the things that a rule asks of a packet; all of a rule's have to hold. More than a rule of ours can ask, since
 * rules of others are read as well. `not` turns it around.
 */
export type Condition = { readonly not: boolean } & (
  | { readonly kind: 'source' | 'destination'; readonly block: Block }
  /** A name that ends in `+` stands for all that start so. */
  | { readonly kind: 'in' | 'out'; readonly name: string }
  | { readonly kind: 'protocol'; readonly name: string }
  | { readonly kind: 'ports' | 'sourcePorts'; readonly ranges: readonly PortRange[] }
  | { readonly kind: 'uid' | 'gid'; readonly first: number; readonly last: number }
  | { readonly kind: 'state'; readonly states: readonly string[] }
  | { readonly kind: 'direction'; readonly name: string }
  | { readonly kind: 'icmp'; readonly type: number }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  /** Of the connection. */
  | { readonly kind: 'connectionMark'; readonly value: number }
  /** Of a TCP packet that it opens a connection. */
  | { readonly kind: 'syn' }
  /** Whether the address is one of this host's. */
  | { readonly kind: 'localSource' | 'localDestination' }
  /** A match of iptables that this program does not know, in its own words. */
  | { readonly kind: 'unknown'; readonly text: string }
);

const wholeMark = 0xffffffff;

const readers: { readonly [K in keyof Match]-?: (value: NonNullable<Match[K]>) => Condition } = {
  protocol: (name) => ({ kind: 'protocol', name, not: false }),
  notProtocol: (name) => ({ kind: 'protocol', name, not: true }),
  source: (cidr) => ({ kind: 'source', block: blockOf(cidr), not: false }),
  destination: (cidr) => ({ kind: 'destination', block: blockOf(cidr), not: false }),
  notDestination: (cidr) => ({ kind: 'destination', block: blockOf(cidr), not: true }),
  destinationPorts: (ranges) => ({ kind: 'ports', ranges, not: false }),
  inInterface: (name) => ({ kind: 'in', name, not: false }),
  outInterface: (name) => ({ kind: 'out', name, not: false }),
  uid: (id) => ({ kind: 'uid', first: id, last: id, not: false }),
  gid: (id) => ({ kind: 'gid', first: id, last: id, not: false }),
  state: (states) => ({ kind: 'state', states: states.split(','), not: false }),
  icmpType: (type) => ({ kind: 'icmp', type, not: false }),
  direction: (name) => ({ kind: 'direction', name, not: false }),
  mark: (value) => ({ kind: 'mark', value, mask: wholeMark, not: false }),
  connectionMark: (value) => ({ kind: 'connectionMark', value, not: false }),
  syn: () => ({ kind: 'syn', not: false }),
  foreignSource: () => ({ kind: 'localSource', not: true }),
};

const fields = Object.keys(readers) as (keyof Match)[];

/** The conditions of a rule of the model, always in the same order. */
export function conditionsOf(match: Match): readonly Condition[] {
  const given = fields.filter((field) => match[field] !== undefined);
  return given.map((field) => (readers[field] as (value: unknown) => Condition)(match[field]));
}

/** For a person: `tcp, to 10.0.0.0/8, port 80,8000-8100`. */
export const describeConditions = (conditions: readonly Condition[]): string =>
  conditions.map(describeCondition).join(', ') || 'everything';

export const describeCondition = (condition: Condition): string =>
  `${condition.not ? 'not ' : ''}${positive(condition)}`;

function positive(condition: Condition): string {
  switch (condition.kind) {
    case 'source':
      return `from ${condition.block.text}`;
    case 'destination':
      return `to ${condition.block.text}`;
    case 'in':
    case 'out':
      return `${condition.kind} ${condition.name}`;
    case 'protocol':
      return condition.name;
    case 'ports':
      return `port ${condition.ranges.map(formatPortRange).join(',')}`;
    case 'sourcePorts':
      return `source port ${condition.ranges.map(formatPortRange).join(',')}`;
    case 'uid':
    case 'gid': {
      const { kind, first, last } = condition;
      return `${kind} ${first === last ? first : `${first}-${last}`}`;
    }
    case 'state':
      return `state ${condition.states.join(',')}`;
    case 'direction':
      return `direction ${condition.name}`;
    case 'icmp':
      return `type ${condition.type}`;
    case 'mark':
      return `mark ${hex(condition.value)}${condition.mask === wholeMark ? '' : `/${hex(condition.mask)}`}`;
    case 'connectionMark':
      return `connection's mark ${hex(condition.value)}`;
    case 'syn':
      return 'SYN';
    case 'localSource':
      return 'from this host';
    case 'localDestination':
      return 'to this host';
    case 'unknown':
      return condition.text;
  }
}

export const hex = (value: number): string => `0x${value.toString(16)}`;
