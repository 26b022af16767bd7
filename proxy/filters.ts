import { type ListenerFilter, type NetworkFilter, typed } from './resource.ts';

/**
 * Gives a redirected connection back the destination that the application dialled (SO_ORIGINAL_DST). It reads one
 * socket option and never waits for a byte, so protocols in which the server speaks first are not held up.
 */
export const originalDestination: ListenerFilter = {
  name: 'envoy.filters.listener.original_dst',
  typed_config: typed('envoy.extensions.filters.listener.original_dst.v3.OriginalDst', {}),
};

/** Carries the bytes of a filter chain to a cluster, and counts them by the chain. `idle_timeout: 0s` is "never": Envoy would end a quiet connection after an hour. */
export function tcpProxy(chain: string, cluster: string): NetworkFilter {
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      stat_prefix: chain,
      cluster,
      idle_timeout: '0s',
    }),
  };
}
