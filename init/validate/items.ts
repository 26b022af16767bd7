import type { Block } from '../../settings/block.ts';
import type { Cidr } from '../../settings/cidr.ts';
import { formatPortRange, type PortRange } from '../../settings/port.ts';
import type { Selection } from '../../settings/result.ts';
import { type Ground, isLocalOn } from './ground.ts';
import type { PathName, Probe, Unprovable } from './probe.ts';
import { farAddressIn, takesConnections } from './wire.ts';

export type Planned = Probe | Unprovable;

/** A setting that is a list, and what its items are about. */
interface List<T> {
  readonly path: PathName;
  readonly key: string;
  readonly selection: Selection<T>;
}

/** One probe for each port or range: its first port. None for `*`, which says nothing of a single port. */
export const eachPort = (
  { key, selection }: List<PortRange>,
  probe: (port: number, setting: string) => Planned,
): readonly Planned[] =>
  itemsOf(selection).map((range) => probe(range.first, `${key} ${formatPortRange(range)}`));

/** One probe for each block of the family: an address in it where nobody of the pod is. */
export const eachBlock = (
  ground: Ground,
  { path, key, selection }: List<Cidr>,
  probe: (address: Block, setting: string) => Planned,
): readonly Planned[] =>
  itemsOf(selection)
    .filter(({ family }) => family === ground.family)
    .map((cidr) => {
      const setting = `${key} ${cidr.text}`;
      const address = farAddressIn(cidr);
      const reason =
        address === undefined || !takesConnections(address)
          ? 'no connection goes to such addresses, or comes from them'
          : isLocalOn(ground)(address)
            ? 'it holds addresses of the pod itself'
            : undefined;
      return address === undefined || reason !== undefined
        ? { family: ground.family, path, setting, reason: reason ?? '' }
        : probe(address, setting);
    });

const itemsOf = <T>(selection: Selection<T>): readonly T[] =>
  selection.kind === 'list' ? selection.items : [];
