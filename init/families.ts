import type { Family } from '../settings/cidr.ts';
import { familiesOf, type IpFamilies } from '../settings/settings.ts';

/** An address of the host, in the shape of `os.networkInterfaces()`; `internal` is an address of a loopback interface. */
export interface InterfaceAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}

/**
 * The families to capture, IPv4 first. With `auto` a family exists when the host has an address of it that is neither
 * loopback nor link-local. A host without any such address (its network is not there yet) counts as IPv4.
 */
export function resolveFamilies(
  wanted: IpFamilies,
  interfaces: Readonly<Record<string, readonly InterfaceAddress[] | undefined>>,
): readonly Family[] {
  if (wanted !== 'auto') return familiesOf(wanted);
  const routable = Object.values(interfaces).flatMap((addresses) => addresses?.filter(isRoutable) ?? []);
  const has = (family: string): boolean => routable.some((one) => one.family === family);
  if (!has('IPv6')) return familiesOf('ipv4');
  return familiesOf(has('IPv4') ? 'dual' : 'ipv6');
}

/** 127.0.0.0/8 and ::1 by the interface; 169.254.0.0/16 and fe80::/10, whose second byte is 80 to bf, by the address. */
function isRoutable({ address, internal }: InterfaceAddress): boolean {
  return !internal && !address.startsWith('169.254.') && !/^fe[89ab]/i.test(address);
}
