import type { Family } from '../../settings/cidr.ts';
import { passthroughBinding } from '../address.ts';
import { bufferLimit } from '../buffer.ts';
import { peerKeepalive } from '../keepalive.ts';
import type { Cluster } from '../resource.ts';

export const passthroughCluster = 'PassthroughCluster';
export const inboundPassthroughCluster = 'InboundPassthroughCluster';

const most = 2 ** 32 - 1;

/** Envoy allows 1024 connections a cluster by default. A pod's own limits are the application's business. */
export const unlimited: Cluster = {
  circuit_breakers: {
    thresholds: [{ max_connections: most, max_pending_requests: most, max_requests: most }],
  },
};

function originalDestinationCluster(name: string): Cluster {
  return {
    name,
    type: 'ORIGINAL_DST',
    lb_policy: 'CLUSTER_PROVIDED',
    connect_timeout: '10s',
    ...bufferLimit,
    ...unlimited,
  };
}

/** Outbound: to wherever the application dialled. */
export function renderPassthroughCluster(): Cluster {
  return { ...originalDestinationCluster(passthroughCluster), ...peerKeepalive };
}

/** Inbound: to the port of this pod that the peer dialled. */
export function renderInboundPassthroughCluster(families: readonly Family[]): Cluster {
  return {
    ...originalDestinationCluster(inboundPassthroughCluster),
    upstream_bind_config: passthroughBinding(families),
  };
}
