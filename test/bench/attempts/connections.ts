import { type Edit, fixedDestination, setting, socketOption, without } from '../bootstrap-edits.ts';
import type { Attempt } from './attempt.ts';

/** Of a connection. */
export const ofConnections: readonly Attempt[] = [
  {
    what: 'buffers of 1 MiB',
    on: ['bytes'],
    change: { edit: buffers(2 ** 20) },
    verdict: 'not taken: 64 KiB is what bounds the memory',
  },
  {
    what: 'buffers of 32 KiB',
    on: ['bytes'],
    change: { edit: buffers(2 ** 15) },
    verdict: 'not taken: no gain',
  },
  {
    what: 'packets are acknowledged at once (TCP_QUICKACK)',
    on: ['bytes'],
    change: { edit: socketOption(6, 12, 1) },
    verdict: "not taken: the kernel's own way",
  },
  {
    what: 'send buffers of 256 KiB (SO_SNDBUF)',
    on: ['bytes'],
    change: { edit: socketOption(1, 7, 2 ** 18) },
    verdict: 'not taken: the kernel would no longer fit them to the connection',
  },
  {
    what: 'receive buffers of 256 KiB (SO_RCVBUF)',
    on: ['bytes'],
    change: { edit: socketOption(1, 8, 2 ** 18) },
    verdict: 'not taken: the same',
  },
  {
    what: 'reading before the application has taken the connection (`max_early_data_bytes`)',
    on: ['bytes', 'short'],
    change: { edit: setting('tcpProxy', { max_early_data_bytes: 2 ** 16 }) },
    verdict: 'not taken: an older Envoy, which `proxy-image` may name, would not start by it',
  },
  {
    what: 'a line of the access log (`access-log: json`)',
    on: ['short'],
    change: { input: { accessLog: 'json' } },
    verdict: 'a setting, off by default',
  },
  {
    what: 'a quiet connection ends after an hour (`idle_timeout`)',
    on: ['bytes', 'short'],
    change: { edit: without('tcpProxy', 'idle_timeout') },
    verdict: 'not taken: no connection ends for silence, and no timer is set anew with each read',
  },
  {
    what: 'no keepalive of what is accepted',
    on: ['short'],
    change: { edit: without('listener', 'socket_options') },
    verdict: 'not taken: by it the proxy finds peers that are gone',
  },
  {
    what: 'a fixed destination in place of the one that was dialled',
    on: ['short'],
    change: { edit: fixedDestination },
    verdict: 'not possible; tells what the original destination costs',
  },
  {
    what: 'no source address of its own, with a fixed destination',
    on: ['short'],
    base: { edit: fixedDestination },
    change: {
      edit: (parts) => {
        fixedDestination(parts);
        without('cluster', 'upstream_bind_config')(parts);
      },
    },
    verdict: 'not possible: by it the rules know the connection',
  },
];

function buffers(bytes: number): Edit {
  return ({ listener, cluster }) => {
    listener.per_connection_buffer_limit_bytes = bytes;
    cluster.per_connection_buffer_limit_bytes = bytes;
  };
}
