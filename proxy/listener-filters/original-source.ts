import { type Listener, typed } from '../resource.ts';

/**
 * The listener, as it takes connections that TPROXY gives it as they are, and passes each on from its peer's own address.
 * For the one and the other Envoy sets IP_TRANSPARENT, which takes NET_RAW. It sets no mark, which takes NET_ADMIN:
 * the rules know what it passes by its group.
 *
 * The filter stands before all others: one that gives up waiting for bytes leaves out those behind it.
 */
export const withOriginalSource = (listener: Listener): Listener => ({
  ...listener,
  transparent: true,
  listener_filters: [originalSource, ...(listener.listener_filters ?? [])],
});

const originalSource = {
  name: 'envoy.filters.listener.original_src',
  typed_config: typed('envoy.extensions.filters.listener.original_src.v3.OriginalSrc', {}),
};
