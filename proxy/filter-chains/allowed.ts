import type { Family } from '../../settings/cidr.ts';
import type { Observation } from '../observation.ts';
import type { Outbound } from '../outbound.ts';
import type { FilterChain } from '../resource.ts';
import { renderAllowedCidrChains } from './allowed-cidrs.ts';
import { renderAllowedHostChains } from './allowed-hosts.ts';

/** The filter chains for what the policy lets through. */
export function renderAllowedChains(
  outbound: Outbound,
  families: readonly Family[],
  observation: Observation,
): FilterChain[] {
  if (outbound.kind === 'allow-any') return [];
  const { allowedCidrs, allowedPorts } = outbound;
  const ports = allowedPorts.map(({ port }) => port);
  return [
    ...renderAllowedCidrChains(allowedCidrs, ports),
    ...allowedPorts.flatMap((allowed) => renderAllowedHostChains(allowed, families, observation)),
  ];
}
