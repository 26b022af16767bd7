import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { expected, type Parsed, parsed } from './result.ts';

export type Family = 'ipv4' | 'ipv6';

/** An address block with its host bits cleared, in the text form that the kernel's tools print. */
export interface Cidr {
  readonly family: Family;
  readonly text: string & { readonly __brand: 'Cidr' };
}

const wanted = 'CIDRs with a prefix length, such as 10.0.0.0/8 or fd00::/8';

/**
 * Parses `10.0.0.0/8`. Host bits are cleared, as iptables does when it stores the block: `10.1.2.3/8` is
 * `10.0.0.0/8`. An address without a prefix length is refused: users mean different things by it.
 */
export function parseCidr(text: string): Parsed<Cidr> {
  const [address = '', prefix = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^(0|[1-9][0-9]{0,2})$/.test(prefix)) return expected(wanted);
  const family: Family | undefined = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  // A zone (fe80::1%eth0) names an interface, not a block.
  if (family === undefined || address.includes('%')) return expected(wanted);
  if (Number(prefix) > (family === 'ipv4' ? 32 : 128)) return expected(wanted);
  const network =
    family === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(text).toString()
      : ipaddr.IPv6.networkAddressFromCIDR(`${hexadecimal(address)}/${prefix}`).toRFC5952String();
  return parsed({ family, text: `${network}/${prefix}` as Cidr['text'] });
}

/** `::1.2.3.4` as `::102:304`: ipaddr.js would take the dotted form for the IPv4-mapped `::ffff:1.2.3.4`. */
const hexadecimal = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

export const formatCidr = (cidr: Cidr): string => cidr.text;
