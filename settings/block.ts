import ipaddr from 'ipaddr.js';
import { type Cidr, type Family, parseCidr } from './cidr.ts';

/** An address block, or one address, as its leading bits in zeros and ones: a block holds what starts with its bits. */
export interface Block {
  readonly family: Family;
  readonly text: string;
  readonly bits: string;
}

/** Each is read once: a list of hundreds is looked at from several sides. */
const known = new WeakMap<Cidr, Block>();

export function blockOf(cidr: Cidr): Block {
  const block = known.get(cidr) ?? readBlock(cidr);
  known.set(cidr, block);
  return block;
}

function readBlock({ family, text }: Cidr): Block {
  const [address = '', prefix = ''] = text.split('/');
  const binary =
    family === 'ipv4'
      ? address.split('.').map((part) => digits(Number(part), 8))
      : ipaddr.IPv6.parse(address).parts.map((part) => digits(part, 16));
  return { family, text, bits: binary.join('').slice(0, Number(prefix)) };
}

const digits = (value: number, width: number): string => value.toString(2).padStart(width, '0');

/** One address, in the kernel's text form; undefined for what is none. */
export function addressBlock(text: string): Block | undefined {
  const cidr = parseCidr(`${text}/${text.includes(':') ? 128 : 32}`);
  if (!cidr.ok) return undefined;
  return { ...blockOf(cidr.value), text: cidr.value.text.replace(/\/\d+$/, '') };
}

export const holdsBlock = (outer: Block, inner: Block): boolean =>
  outer.family === inner.family && inner.bits.startsWith(outer.bits);

export const overlaps = (one: Block, other: Block): boolean =>
  holdsBlock(one, other) || holdsBlock(other, one);
