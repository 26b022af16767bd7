import { addressBlock, type Block, holdsBlock } from '../../settings/block.ts';
import type { Interfaces } from '../../settings/host-families.ts';
import { passthroughSource } from '../../settings/names.ts';

/** The addresses of a host, those of its loopback interface last: the others are what it is known by. */
export function hostAddresses(interfaces: Interfaces): readonly Block[] {
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  return [...all.filter(({ internal }) => !internal), ...all.filter(({ internal }) => internal)].flatMap(
    // A zone (fe80::1%eth0) names an interface, not an address.
    ({ address }) => addressBlock(address.replace(/%.*/, '')) ?? [],
  );
}

const always = ['::1', passthroughSource.ipv6].flatMap((text) => addressBlock(text) ?? []);

/** All of 127.0.0.0/8 is local to a Linux host. */
const isLoopback = ({ family, bits, text }: Block): boolean =>
  family === 'ipv4' ? bits.startsWith('01111111') : always.some((one) => one.text === text);

/** Tells whether an address is one of a pod with these addresses; ::6 is one wherever the rules are. */
export const isLocalTo =
  (own: readonly Block[]) =>
  (address: Block): boolean =>
    isLoopback(address) || own.some((one) => holdsBlock(one, address));

/**
 * The source address that the kernel chooses for a destination: an address of the host talks to itself, but all of
 * 127.0.0.0/8 is talked to from 127.0.0.1; undefined when the host's addresses do not tell.
 */
export function sourceOf(destination: Block, own: readonly Block[]): Block | undefined {
  if (isLoopback(destination) && destination.family === 'ipv4') return addressBlock('127.0.0.1');
  if (isLocalTo(own)(destination)) return destination;
  return own.find((one) => one.family === destination.family && !isLoopback(one));
}
