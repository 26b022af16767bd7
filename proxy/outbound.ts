import type { Cidr } from '../settings/cidr.ts';
import type { Settings } from '../settings/settings.ts';

/** What becomes of the connections that the application makes. */
export type Outbound =
  | { readonly kind: 'allow-any' }
  /** Closed at once, except to these destinations. */
  | { readonly kind: 'blackhole'; readonly allowedCidrs: readonly Cidr[] };

export const allowAny: Outbound = { kind: 'allow-any' };

export function outboundOf({
  outboundPolicy,
  allowOutboundCidrs,
}: Pick<Settings, 'outboundPolicy' | 'allowOutboundCidrs'>): Outbound {
  return outboundPolicy === 'blackhole' ? { kind: 'blackhole', allowedCidrs: allowOutboundCidrs } : allowAny;
}
