import type { Family } from '../settings/cidr.ts';
import { passthroughSource } from '../settings/names.ts';
import type { Port } from '../settings/port.ts';
import type { Messages } from './envoy-api.ts';
import type { Listener } from './resource.ts';

const any: Record<Family, string> = { ipv4: '0.0.0.0', ipv6: '::' };

const socketAddress = (address: string, port: number): Messages['envoy.config.core.v3.Address'] => ({
  socket_address: { address, port_value: port },
});

/**
 * The addresses of a listener on every address of the pod. Each family gets its own socket: on an IPv6 socket that
 * also takes IPv4, the original destination of an IPv4 connection would be lost.
 */
export function listenerAddresses(families: readonly Family[], port: Port): Listener {
  const [first, ...more] = families.map((family) => socketAddress(any[family], port));
  if (first === undefined) throw new RangeError('a listener needs at least one address family');
  return {
    address: first,
    ...(more.length > 0 && { additional_addresses: more.map((address) => ({ address })) }),
  };
}

/**
 * Where the proxy calls the application of its own pod from: a loopback address of our own, by which the rules know
 * the connection and leave it alone. Envoy picks the source of the destination's family.
 */
export function passthroughBinding(families: readonly Family[]): Messages['envoy.config.core.v3.BindConfig'] {
  const [first, ...more] = families.map((family) => ({ address: passthroughSource[family], port_value: 0 }));
  if (first === undefined) throw new RangeError('a cluster needs at least one address family');
  return {
    source_address: first,
    ...(more.length > 0 && { extra_source_addresses: more.map((address) => ({ address })) }),
  };
}
