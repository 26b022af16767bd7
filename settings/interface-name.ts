import { expected, type Parsed, parsed } from './result.ts';

/** The name of a network interface. */
export type InterfaceName = string & { readonly __brand: 'InterfaceName' };

/**
 * IFNAMSIZ in linux/if.h is 16 with the final zero. The kernel takes nearly any character; these are the ones that
 * interfaces have, and that mean nothing to iptables (`eth+` is a pattern there), nft (`"eth*"`) or a shell.
 */
export const parseInterfaceName = (text: string): Parsed<InterfaceName> =>
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(text)
    ? parsed(text as InterfaceName)
    : expected('names of network interfaces, of at most 15 letters, digits and . _ -');
