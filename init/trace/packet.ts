import { type Block, holdsBlock } from '../../settings/block.ts';
import type { Family } from '../../settings/cidr.ts';
import { type Condition, hex } from '../rules/condition.ts';

/** The first packet of a connection, as it is at one point of its way. */
export interface Packet {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  /** undefined where the question does not tell. */
  readonly source: Block | undefined;
  readonly destination: Block;
  readonly port: number;
  /** Of the sending socket, where that is on this host. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly in: string | undefined;
  readonly out: string | undefined;
  readonly mark: number;
  /** What the rules so far have marked its connection with. */
  readonly connectionMark: number;
  /** Whether its destination has been rewritten. */
  readonly redirected: boolean;
  readonly isLocal: (address: Block) => boolean;
}

/** Whether a condition holds for a packet; undefined where this program cannot know. */
export function holds(condition: Condition, packet: Packet): boolean | undefined {
  const found = positive(condition, packet);
  return found === undefined ? undefined : found !== condition.not;
}

function positive(condition: Condition, packet: Packet): boolean | undefined {
  switch (condition.kind) {
    case 'source':
      return packet.source !== undefined && holdsBlock(condition.block, packet.source);
    case 'destination':
      return holdsBlock(condition.block, packet.destination);
    case 'in':
    case 'out':
      return isNamed(packet[condition.kind], condition.name);
    case 'protocol':
      return condition.name === packet.protocol;
    case 'ports':
      return condition.ranges.some(({ first, last }) => first <= packet.port && packet.port <= last);
    case 'uid':
    case 'gid': {
      const id = packet.owner?.[condition.kind];
      return id !== undefined && condition.first <= id && id <= condition.last;
    }
    case 'state':
      return condition.states.some((state) => state === 'NEW' || (state === 'DNAT' && packet.redirected));
    case 'direction':
      return condition.name === 'ORIGINAL';
    case 'icmp':
      return false;
    case 'mark':
      // The mask is applied by arithmetic without sign: marks have 32 bits.
      return ((packet.mark ^ condition.value) & condition.mask) >>> 0 === 0;
    case 'connectionMark':
      return packet.connectionMark === condition.value;
    case 'syn':
      return packet.protocol === 'tcp';
    case 'localSource':
      return packet.source !== undefined && packet.isLocal(packet.source);
    case 'localDestination':
      return packet.isLocal(packet.destination);
    // A source port is the kernel's choice.
    case 'sourcePorts':
    case 'unknown':
      return undefined;
  }
}

const isNamed = (name: string | undefined, pattern: string): boolean =>
  name !== undefined && (pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern);

/** What the packet is, in the condition's respect: `uid 1000`, `out eth0`. Says why a condition does not hold. */
export function describePacket({ kind }: Condition, packet: Packet): string {
  switch (kind) {
    case 'source':
    case 'localSource':
      return packet.source === undefined ? 'source not given' : `from ${packet.source.text}`;
    case 'destination':
    case 'localDestination':
      return `to ${packet.destination.text}`;
    case 'in':
    case 'out':
      return packet[kind] === undefined ? `no interface ${kind}` : `${kind} ${packet[kind]}`;
    case 'protocol':
    case 'icmp':
    case 'syn':
      return packet.protocol;
    case 'ports':
      return `port ${packet.port}`;
    case 'uid':
    case 'gid':
      return packet.owner === undefined ? 'not sent here' : `${kind} ${packet.owner[kind]}`;
    case 'state':
      return 'state NEW';
    case 'direction':
      return 'direction ORIGINAL';
    case 'mark':
      return packet.mark === 0 ? 'no mark' : `mark ${hex(packet.mark)}`;
    case 'connectionMark':
      return packet.connectionMark === 0
        ? 'the first of its connection'
        : `connection's mark ${hex(packet.connectionMark)}`;
    case 'sourcePorts':
    case 'unknown':
      return 'not understood';
  }
}
