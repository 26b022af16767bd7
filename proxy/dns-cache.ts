import type { Family } from '../settings/cidr.ts';
import type { Messages } from './envoy-api.ts';

/**
 * Where a name of the application's must not lead: to the proxy's own host and link, whose services (the application's
 * other ports, the node's metadata) trust who is near. Whoever answers for an allowed name could say so.
 * `0.0.0.0` and `::` are this host (RFC 1122, RFC 4291); IPv4 addresses have IPv6 forms, and those of NAT64 (RFC 6052).
 * Then, metadata at addresses that are no link's: Azure's, Alibaba's, and in IPv6 Amazon's and Google's.
 */
const near = [
  { address_prefix: '0.0.0.0', prefix_len: 8 },
  { address_prefix: '127.0.0.0', prefix_len: 8 },
  { address_prefix: '169.254.0.0', prefix_len: 16 },
  { address_prefix: '::', prefix_len: 96 },
  { address_prefix: '::ffff:0:0', prefix_len: 96 },
  { address_prefix: 'fe80::', prefix_len: 10 },
  { address_prefix: '64:ff9b::', prefix_len: 104 },
  { address_prefix: '64:ff9b::127.0.0.0', prefix_len: 104 },
  { address_prefix: '64:ff9b::169.254.0.0', prefix_len: 112 },
  { address_prefix: '168.63.129.16', prefix_len: 32 },
  { address_prefix: '100.100.100.200', prefix_len: 32 },
  { address_prefix: 'fd00:ec2::254', prefix_len: 128 },
  { address_prefix: 'fd20:ce::254', prefix_len: 128 },
];

/** How the proxy resolves names. Envoy wants it the same wherever it stands. Addresses that are `near` are dropped. */
export function renderDnsCache(
  families: readonly Family[],
): Messages['envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig'] {
  return {
    name: 'allowed-hosts',
    dns_lookup_family: families.length > 1 ? 'ALL' : families[0] === 'ipv6' ? 'V6_ONLY' : 'V4_ONLY',
    resolved_address_filter: { ranges: near },
  };
}
