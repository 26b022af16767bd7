import { setting, without } from '../bootstrap-edits.ts';
import type { Attempt } from './attempt.ts';

const asEnvoy = "not taken: Envoy's default";

/** Of what the proxy shares with all of its connections. */
export const ofProcess: readonly Attempt[] = [
  {
    what: 'two worker threads',
    on: ['bytes', 'short'],
    change: { concurrency: 2 },
    verdict: 'as many as the CPU limit can keep busy',
  },
  {
    what: 'connections in equal parts to two threads (`exact_balance`)',
    on: ['short'],
    base: { concurrency: 2 },
    change: {
      concurrency: 2,
      edit: setting('listener', { connection_balance_config: { exact_balance: {} } }),
    },
    verdict: `${asEnvoy}: the kernel chooses, without a lock`,
  },
  {
    what: 'one socket for all threads (`enable_reuse_port: false`)',
    on: ['short'],
    change: { edit: setting('listener', { enable_reuse_port: false }) },
    verdict: asEnvoy,
  },
  {
    what: 'one connection for each wake-up',
    on: ['short'],
    change: { edit: setting('listener', { max_connections_to_accept_per_socket_event: 1 }) },
    verdict: asEnvoy,
  },
  {
    what: "the allocator's caches by processor (glibc leaves it its restartable sequences)",
    on: ['bytes', 'HTTP', 'short'],
    change: { env: { GLIBC_TUNABLES: 'glibc.pthread.rseq=0' } },
    verdict: 'not taken: no gain, and a cache for each core of the node',
  },
  {
    what: 'free memory is given back each second (`memory_allocator_manager`)',
    on: ['bytes'],
    change: {
      edit: setting('bootstrap', {
        memory_allocator_manager: { bytes_to_release: 2 ** 20, memory_release_interval: '1s' },
      }),
    },
    verdict: 'not taken: it is given back as memory gets short',
  },
  {
    what: 'no bound on memory and connections (`overload_manager`)',
    on: ['bytes', 'HTTP', 'short'],
    change: { edit: without('bootstrap', 'overload_manager') },
    verdict: 'not taken: [limits](limits.md)',
  },
  {
    what: 'no statistics',
    on: ['bytes', 'HTTP', 'short'],
    change: { edit: setting('bootstrap', { stats_config: { stats_matcher: { reject_all: true } } }) },
    verdict: 'not taken: [observability](observability.md)',
  },
  {
    what: "all of Envoy's statistics",
    on: ['bytes', 'HTTP', 'short'],
    change: { edit: without('bootstrap', 'stats_config') },
    verdict: 'not taken: memory, and series in Prometheus',
  },
  {
    what: 'statistics are summed up when they are asked for (`stats_flush_on_admin`)',
    on: ['bytes'],
    change: { edit: setting('bootstrap', { stats_flush_on_admin: true }) },
    verdict: `${asEnvoy}: each five seconds`,
  },
  {
    what: 'io_uring in place of epoll',
    on: ['bytes', 'short'],
    change: {
      edit: setting('bootstrap', {
        bootstrap_extensions: [
          {
            name: 'envoy.extensions.network.socket_interface.default_socket_interface',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.network.socket_interface.v3.DefaultSocketInterface',
              io_uring_options: {},
            },
          },
        ],
        default_socket_interface: 'envoy.extensions.network.socket_interface.default_socket_interface',
      }),
    },
    verdict: 'not taken: experimental in Envoy, and forbidden by containerd from 2.0 and Docker from 25 on',
  },
];
