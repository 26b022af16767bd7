import { bufferBytes } from './buffer.ts';
import type { Messages } from './envoy-api.ts';
import { type Listener, typed } from './resource.ts';

/**
 * What a connection is reckoned to take while what it says is not read. More than full buffers in both directions: Envoy
 * looks at its buffers between reads, and one read may bring 128 KiB. With 64 KiB less, a proxy whose application hangs is killed
 * for memory (test/cluster/flood.test.ts). A quiet one takes 20 KiB; but of those that come at once to a port that nobody has
 * called before, each takes 70 for a moment, since Envoy makes the destination anew for each until its main thread has told
 * the workers of the first.
 */
const bytesPerConnection = 3 * bufferBytes;

/** What a proxy takes that carries none. */
const bytesOfItsOwn = 16 * 2 ** 20;

/** Shares of the memory limit. The rest is for what is not heap: Envoy's binary, stacks, buffers of sockets. */
const [shrinkAt, rejectAt] = [0.75, 0.85];

const heap = 'envoy.resource_monitors.fixed_heap';
const connections = 'envoy.resource_monitors.global_downstream_max_connections';

/** How many connections a proxy with this memory carries at a time; one more is closed at once. */
export const mostConnections = (memoryLimit: number): number =>
  Math.max(1, Math.floor((memoryLimit - bytesOfItsOwn) / bytesPerConnection));

/**
 * Keeps the proxy within its memory limit, in bytes: a proxy that is killed for memory ends all of its connections, one
 * that refuses a connection ends that one. A connection refused is closed at once, not left to wait, so that its peer
 * can turn elsewhere.
 *
 * The count holds at once, where the heap is looked at once a second. Listeners of the proxy's own are exempt of both
 * ({@link exempt}).
 */
export function renderOverloadManager(
  memoryLimit: number,
): Messages['envoy.config.overload.v3.OverloadManager'] {
  const action = (name: string, value: number) => ({
    name: `envoy.overload_actions.${name}`,
    triggers: [{ name: heap, threshold: { value } }],
  });
  return {
    refresh_interval: '1s',
    resource_monitors: [
      {
        name: heap,
        typed_config: typed('envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig', {
          // Past 2^53 - 1 a number of JSON is not exact.
          max_heap_size_bytes: Math.max(1, Math.min(Math.floor(memoryLimit), Number.MAX_SAFE_INTEGER)),
        }),
      },
      {
        name: connections,
        typed_config: typed(
          'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
          { max_active_downstream_connections: mostConnections(memoryLimit) },
        ),
      },
    ],
    actions: [action('shrink_heap', shrinkAt), action('reject_incoming_connections', rejectAt)],
  };
}

/** Fields of a listener that answers whatever the load: a kubelet that hears nothing would take the pod out. */
export const exempt: Listener = { ignore_global_conn_limit: true, bypass_overload_manager: true };
