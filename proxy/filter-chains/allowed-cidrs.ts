import { blackHoleCluster } from '../clusters/black-hole.ts';
import { passthroughCluster } from '../clusters/original-destination.ts';
import { tcpProxy } from '../filters.ts';
import type { Outbound } from '../outbound.ts';
import type { Resource } from '../resource.ts';

/** Where what no filter chain takes goes to. */
export const outboundCatchall = ({ kind }: Outbound): string =>
  kind === 'blackhole' ? blackHoleCluster : passthroughCluster;

/** The filter chains for what a policy lets through. Envoy tells an address by it after the destination was given back. */
export function renderAllowedChains(outbound: Outbound): Resource[] {
  if (outbound.kind === 'allow-any' || outbound.allowedCidrs.length === 0) return [];
  return [
    {
      name: 'virtualOutbound-allowed-cidrs',
      filter_chain_match: {
        prefix_ranges: outbound.allowedCidrs.map(({ text }) => {
          const [address = '', length = ''] = text.split('/');
          return { address_prefix: address, prefix_len: Number(length) };
        }),
      },
      filters: [tcpProxy(passthroughCluster)],
    },
  ];
}
