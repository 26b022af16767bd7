import type { Cidr } from '../../settings/cidr.ts';
import type { PortRange } from '../../settings/port.ts';

/** The tables of netfilter that hold rules of ours. */
export type Table = 'raw' | 'nat' | 'mangle' | 'filter';

/** What a packet has to be for a rule to take it: all of the fields at once; an absent one takes every packet. */
export interface Match {
  readonly source?: Cidr;
  readonly destination?: Cidr;
  readonly notDestination?: Cidr;
  readonly inInterface?: string;
  readonly outInterface?: string;
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | 'ipv6-icmp';
  readonly notProtocol?: 'tcp';
  /** Any one of them; never empty. */
  readonly destinationPorts?: readonly PortRange[];
  /** The user, and the group, that owns the sending socket. */
  readonly uid?: number;
  readonly gid?: number;
  /** The type of an ICMP message; `protocol` says of which ICMP. */
  readonly icmpType?: number;
  /** What connection tracking says of the packet: its state, and whether it answers the connection's first one. */
  readonly state?: 'INVALID' | 'RELATED,ESTABLISHED';
  readonly direction?: 'ORIGINAL' | 'REPLY';
  readonly mark?: number;
  /** Of the connection, which keeps it for all of its packets. */
  readonly connectionMark?: number;
  /** A TCP packet that opens a connection: of SYN, ACK, RST and FIN it has SYN alone. */
  readonly syn?: true;
  /** From an address that is none of this host's. */
  readonly foreignSource?: true;
}

/**
 * What becomes of a packet that matches: back to the caller, on to another chain of ours, to a port of this host (with
 * its destination rewritten, or as it is and marked), on with a mark of its own or of its connection, on as a connection
 * that is kept apart from those outside its zone, on with one of the source ports, out of the table, nowhere, or back to
 * its sender as a refusal.
 */
export type Verdict =
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'redirect'; readonly port: number }
  | { readonly kind: 'tproxy'; readonly port: number; readonly mark: number }
  | { readonly kind: 'mark'; readonly mark: number }
  | { readonly kind: 'connection-mark'; readonly mark: number }
  | { readonly kind: 'zone'; readonly zone: number }
  | { readonly kind: 'source-ports'; readonly ports: PortRange }
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reset' };

/** One rule of the model: every backend renders it, `explain` tells it, `trace` follows it. */
export interface Rule {
  readonly table: Table;
  /** One of ours, or for a jump into ours one of the kernel's: PREROUTING, OUTPUT, FORWARD, POSTROUTING. */
  readonly chain: string;
  readonly match: Match;
  readonly verdict: Verdict;
  /** Why the rule is there, in one phrase without a line break. */
  readonly reason: string;
  /** Key of the setting that it comes from, where it comes from one. */
  readonly setting?: string;
}

/** Whether a rule takes every packet that reaches it. */
export const isUnconditional = ({ match }: Rule): boolean => Object.keys(match).length === 0;
