import type { Cidr } from '../settings/cidr.ts';
import type { PortRange } from '../settings/port.ts';
import type { Chain } from './chains.ts';

/**
 * What a packet has to be for a rule to take it; a field that is absent takes every packet. Only TCP gets as far as
 * our chains: the jumps into them see to that.
 */
export interface Match {
  readonly source?: Cidr;
  readonly destination?: Cidr;
  readonly notDestination?: Cidr;
  readonly outInterface?: string;
  /** Any one of them; never empty. */
  readonly destinationPorts?: readonly PortRange[];
  /** The user that owns the sending socket. */
  readonly uid?: number;
}

/** What becomes of a packet that matches: back to the caller, on to another chain, or to a port of this host. */
export type Verdict =
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly chain: Chain }
  | { readonly kind: 'redirect'; readonly port: number };

/** One rule of the model: rendered for the kernel, and explained to a person. */
export interface Rule {
  readonly chain: Chain;
  readonly match: Match;
  readonly verdict: Verdict;
  /** Why the rule is there, in one phrase without a line break; the key of the setting where it comes from one. */
  readonly reason: string;
}

/** Whether a rule takes every packet that reaches it. */
export const isUnconditional = ({ match }: Rule): boolean => Object.keys(match).length === 0;
