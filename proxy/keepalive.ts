import type { Messages } from './envoy-api.ts';
import type { Cluster, Listener } from './resource.ts';

/**
 * Where silence ends no connection, one whose peer has vanished would stay for ever: the application cannot find out,
 * whose own keepalive ends in the proxy. So the proxy asks, of its side that leaves the pod alone: quiet peers that are
 * there answer by their kernel.
 *
 * Seconds. The first is below the four minutes after which the most forgetful of load balancers drop a quiet connection;
 * the others are Linux's own, and end it eleven minutes after that.
 */
const [idle, interval, probes] = [180, 75, 9];

/** Of a cluster. */
export const peerKeepalive: Cluster = {
  upstream_connection_options: {
    tcp_keepalive: { keepalive_time: idle, keepalive_interval: interval, keepalive_probes: probes },
  },
};

const option = (
  description: string,
  level: number,
  name: number,
  value: number,
): Messages['envoy.config.core.v3.SocketOption'] => ({
  description,
  level,
  name,
  int_value: value,
  state: 'STATE_PREBIND',
});

/** Of a listener: what it accepts has its options. Numbers of Linux: asm-generic/socket.h, linux/tcp.h. */
export const acceptedKeepalive: Listener = {
  socket_options: [
    option('SO_KEEPALIVE', 1, 9, 1),
    option('TCP_KEEPIDLE', 6, 4, idle),
    option('TCP_KEEPINTVL', 6, 5, interval),
    option('TCP_KEEPCNT', 6, 6, probes),
  ],
};
