import { addressBlock, type Block, blockOf, holdsBlock } from '../../settings/block.ts';
import type { Cidr, Family } from '../../settings/cidr.ts';
import { passthroughSource } from '../../settings/names.ts';

/**
 * A pair of interfaces in the pod, for as long as the check runs. What the kernel sends by the near one comes to this
 * program at the far one, and what this program sends there comes in by the near one: it is the world outside, and
 * nothing leaves the pod.
 */
export const near = { name: 'outrider0', hardware: '02:00:00:00:00:01' } as const;
export const far = { name: 'outrider1', hardware: '02:00:00:00:00:02' } as const;

/** For constants of this program only, at the time of use: every start would pay for parsing them. */
function address(text: string): Block {
  const found = addressBlock(text);
  if (found === undefined) throw new RangeError(`${text} is not an address`);
  return found;
}

/** Of the blocks that are for documentation (RFC 5737, RFC 3849): no pod has it. */
export const nearAddress = (family: Family): Block =>
  address({ ipv4: '192.0.2.1', ipv6: '2001:db8::1' }[family]);

/** Nobody is there: it is for documentation as well. */
export const farAddress = (family: Family): Block =>
  address({ ipv4: '192.0.2.2', ipv6: '2001:db8::2' }[family]);

const otherAddresses = {
  ipv4: ['198.51.100.2', '203.0.113.2', '10.255.255.254'],
  ipv6: ['3fff::2', 'fdff:ffff::2'],
} as const;

/** And several more, since settings may leave some of them alone. */
export const farAddresses = (family: Family): readonly Block[] => [
  farAddress(family),
  ...otherAddresses[family].map(address),
];

export const localhost = (family: Family): Block => address({ ipv4: '127.0.0.1', ipv6: '::1' }[family]);
export const passthrough = (family: Family): Block => address(passthroughSource[family]);

/** An address in a block: one where nobody is, otherwise the last that can be a host's. */
export function farAddressIn(cidr: Cidr): Block | undefined {
  const block = blockOf(cidr);
  const known = farAddresses(cidr.family).find((address) => holdsBlock(block, address));
  if (known !== undefined) return known;
  const length = cidr.family === 'ipv4' ? 32 : 128;
  const free = length - block.bits.length;
  const bits = free === 0 ? block.bits : `${block.bits}${'1'.repeat(free - 1)}0`;
  return addressOfBits(bits);
}

function addressOfBits(bits: string): Block | undefined {
  const isIpv4 = bits.length === 32;
  const parts = (bits.match(isIpv4 ? /.{8}/g : /.{16}/g) ?? []).map((part) => Number.parseInt(part, 2));
  return addressBlock(isIpv4 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':'));
}

/** Multicast, reserved and link-local blocks (RFC 1112, RFC 6890, RFC 4291): no connection goes there. */
const notRouted = [/^0000000/, /^111/, /^1{8}/, /^1{7}010/] as const;
export const takesConnections = ({ family, bits }: Block): boolean =>
  !(family === 'ipv4' ? notRouted.slice(0, 2) : notRouted.slice(2)).some((pattern) => pattern.test(bits));

/**
 * For `ip -batch`: the wire, without anything that would speak on it by itself. ARP and neighbour discovery are off, so
 * what is sent carries the near end's own hardware address, which the far end takes for somebody else's and passes to
 * nobody but this program.
 */
export const layWire = `link add ${near.name} address ${near.hardware} type veth peer name ${far.name} address ${far.hardware}
link set ${near.name} addrgenmode none
link set ${far.name} addrgenmode none
link set ${far.name} arp off up
link set ${near.name} arp off up
`;

/** For `ip -batch`: an address of its own, since REDIRECT rewrites to one, and a way to each of `to` and no other. */
export function layRoutes(own: Block, to: readonly Block[]): string {
  const length = own.family === 'ipv4' ? 32 : 128;
  const noDetection = own.family === 'ipv4' ? '' : ' nodad';
  const targets = [...new Set(to.map(({ text }) => text))];
  return [
    `addr add ${own.text}/${length} dev ${near.name}${noDetection}\n`,
    ...targets.map((text) => `route add ${text}/${length} dev ${near.name}\n`),
  ].join('');
}

export const removeWire = `link del ${near.name}\n`;
