import type { NetworkInterfaceInfo } from 'node:os';
import type { Family } from './cidr.ts';
import { familiesOf, type IpFamilies } from './settings.ts';

/** As `os.networkInterfaces()` gives them. */
export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/**
 * The families in which a host has an address that is neither loopback nor link-local: those in which it can be
 * reached, and so has to be captured.
 */
export function familiesOfHost(interfaces: Interfaces): Family[] {
  return familiesOfAddresses(addressesOf(interfaces).filter(({ address }) => !isLinkLocal(address)));
}

/** The families in which a host can send at all: to neighbours, a link-local address is enough. */
export const familiesOfLinks = (interfaces: Interfaces): Family[] =>
  familiesOfAddresses(addressesOf(interfaces));

const addressesOf = (interfaces: Interfaces): NetworkInterfaceInfo[] =>
  Object.values(interfaces).flatMap((list = []) => list.filter(({ internal }) => !internal));

function familiesOfAddresses(addresses: readonly NetworkInterfaceInfo[]): Family[] {
  const has = (family: 'IPv4' | 'IPv6'): boolean => addresses.some((one) => one.family === family);
  return [...(has('IPv4') ? ['ipv4' as const] : []), ...(has('IPv6') ? ['ipv6' as const] : [])];
}

/** The families that `ip-families` asks for. A host without any address (its network is not there yet) counts as IPv4. */
export function resolveFamilies(wanted: IpFamilies, interfaces: Interfaces): readonly Family[] {
  if (wanted !== 'auto') return familiesOf(wanted);
  const found = familiesOfHost(interfaces);
  return found.length > 0 ? found : ['ipv4'];
}

/** 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291). */
function isLinkLocal(address: string): boolean {
  return /^169\.254\.|^fe[89ab][0-9a-f]:/i.test(address);
}
