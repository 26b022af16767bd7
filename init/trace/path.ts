import { addressBlock, type Block } from '../../settings/block.ts';
import type { Family } from '../../settings/cidr.ts';
import type { Packet } from './packet.ts';
import type { Ruleset, TableName } from './ruleset.ts';
import { type End, type Step, type Walk, walk } from './walk.ts';

/** A connection to follow; an address without a port is an address, not a block. */
export interface Connection {
  readonly protocol: 'tcp' | 'udp';
  readonly source: Block | undefined;
  readonly destination: Block;
  readonly port: number;
  readonly from:
    | { readonly kind: 'pod'; readonly uid: number; readonly gid: number; readonly outInterface: string }
    | { readonly kind: 'peer'; readonly inInterface: string; readonly toPod: boolean };
}

/** The chains of the kernel's that it passed, in order; those without rules are left out. */
export interface Passed {
  readonly table: TableName;
  readonly hook: string;
  readonly steps: readonly Step[];
}

export interface Path {
  readonly passed: readonly Passed[];
  /** Where it ends: dropped, in a port of this host that rules chose, or where it was sent to. */
  readonly end: End;
  /** The hook in which a redirect happened. */
  readonly hook?: string;
}

/** ip(7), ip6tables(8): REDIRECT sends what the host itself made to localhost. */
const localhost: Readonly<Record<Family, Block | undefined>> = {
  ipv4: addressBlock('127.0.0.1'),
  ipv6: addressBlock('::1'),
};

/**
 * The way of a connection's first packet through netfilter's hooks, in the order of their priorities (raw, mangle, nat,
 * filter). What the host sends to itself passes the input hooks too, but the nat table only once: connection tracking
 * has settled the destination by then. nat's POSTROUTING and INPUT change no destination, and are not followed.
 */
export function followPath(
  ruleset: Ruleset,
  { from, ...connection }: Connection,
  isLocal: Packet['isLocal'],
): Path {
  const { family } = connection.destination;
  const sentHere = from.kind === 'pod';
  const local = sentHere ? isLocal(connection.destination) : from.toPod;
  let packet: Packet = {
    ...connection,
    ...{ family, isLocal, mark: 0, connectionMark: 0, redirected: false },
    owner: sentHere ? { uid: from.uid, gid: from.gid } : undefined,
    in: sentHere ? undefined : from.inInterface,
    out: sentHere ? (local ? 'lo' : from.outInterface) : undefined,
  };
  const passed: Passed[] = [];
  const ends: { readonly table: TableName; readonly hook: string; readonly end: End }[] = [];

  /** Gives whether the packet lives on. */
  function pass(hook: string, tables: readonly TableName[]): boolean {
    return tables.every((table) => {
      const { steps, end, mark, connectionMark }: Walk = walk(ruleset, table, hook, packet);
      if (steps.length > 0 || end.kind === 'drop') passed.push({ table, hook, steps });
      ends.push({ table, hook, end });
      packet = { ...packet, mark, connectionMark };
      if (end.kind === 'redirect') {
        const destination = sentHere ? (localhost[family] ?? packet.destination) : packet.destination;
        packet = { ...packet, destination, port: end.port, redirected: true };
      }
      return end.kind !== 'drop';
    });
  }

  const taken = (): boolean => ends.some(({ end }) => end.kind === 'redirect' || end.kind === 'tproxy');
  const arrives = (): boolean => pass('INPUT', ['mangle', 'filter']);
  if (sentHere) {
    // All tables of one hook see the interface that the packet had before nat turned it round.
    const lives =
      pass('OUTPUT', ['raw', 'mangle', 'nat', 'filter']) &&
      (!taken() || redirectedToLoopback()) &&
      pass('POSTROUTING', ['mangle']);
    if (lives && (local || taken())) {
      packet = { ...packet, in: 'lo', out: undefined, owner: undefined };
      pass('PREROUTING', ['raw', 'mangle']) && arrives();
    }
  } else if (pass('PREROUTING', ['raw', 'mangle', 'nat'])) {
    if (local || taken()) arrives();
    else pass('FORWARD', ['mangle', 'filter']) && pass('POSTROUTING', ['mangle']);
  }
  return { passed, ...decisive(ends) };

  function redirectedToLoopback(): boolean {
    packet = { ...packet, out: 'lo' };
    return true;
  }
}

/** A drop ends all; a socket that TPROXY chose is kept whatever the destination becomes. */
function decisive(
  ends: readonly { readonly table: TableName; readonly hook: string; readonly end: End }[],
): Pick<Path, 'end' | 'hook'> {
  const one = (kind: End['kind']) => ends.find(({ end }) => end.kind === kind);
  const found = one('drop') ?? one('tproxy') ?? one('redirect');
  if (found !== undefined) return { end: found.end, hook: found.hook };
  const order: readonly TableName[] = ['nat', 'mangle', 'filter', 'raw'];
  const released = order.flatMap((table) => ends.filter((one) => one.table === table && one.end.by));
  return { end: { kind: 'accept', by: released[0]?.end.by } };
}
