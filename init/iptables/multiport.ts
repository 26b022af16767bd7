import type { PortRange } from '../../settings/port.ts';

/** XT_MULTI_PORTS in linux/netfilter/xt_multiport.h: a rule holds this many ports, a range takes the place of two. */
const slots = 15;

/** The matches, each for one rule, that together cover all `ranges` in their order. */
export function destinationPorts(ranges: readonly PortRange[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let free = 0;
  for (const { first, last } of ranges) {
    const needed = first === last ? 1 : 2;
    if (needed > free) {
      groups.push([]);
      free = slots;
    }
    groups.at(-1)?.push(first === last ? `${first}` : `${first}:${last}`);
    free -= needed;
  }
  return groups.map((group) => [`-m multiport --dports ${group.join(',')}`]);
}
