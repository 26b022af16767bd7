import type { Cidr } from '../../settings/cidr.ts';
import type { Port } from '../../settings/port.ts';
import { passthroughCluster } from '../clusters/original-destination.ts';
import { tcpProxy } from '../filters.ts';
import type { FilterChain } from '../resource.ts';

/**
 * The filter chains of addresses that the policy lets through to: one for all ports, and one for each of `ports`, which
 * have chains of their own. Envoy looks for the port first, and never comes back from there.
 */
export function renderAllowedCidrChains(cidrs: readonly Cidr[], ports: readonly Port[]): FilterChain[] {
  if (cidrs.length === 0) return [];
  const name = 'virtualOutbound-allowed-cidrs';
  const prefix_ranges = cidrs.map(({ text }) => {
    const [address = '', length = ''] = text.split('/');
    return { address_prefix: address, prefix_len: Number(length) };
  });
  const filters = [tcpProxy(name, passthroughCluster)];
  return [
    { name, filter_chain_match: { prefix_ranges }, filters },
    ...ports.map((port) => ({
      name: `${name}-${port}`,
      filter_chain_match: { destination_port: port, prefix_ranges },
      filters,
    })),
  ];
}
