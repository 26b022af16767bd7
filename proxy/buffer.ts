import type { Cluster, Listener } from './resource.ts';

export const bufferBytes = 64 * 2 ** 10;

/**
 * What one side of a connection may hold that the other has not read yet. Envoy's own limit is 1 MiB, of which 256
 * readers that are too slow would be all of a proxy's memory.
 */
export const bufferLimit: Cluster & Listener = { per_connection_buffer_limit_bytes: bufferBytes };
