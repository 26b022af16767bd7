import { type Block, blockOf, overlaps } from '../block.ts';
import type { Cidr, Family } from '../cidr.ts';
import type { Selection } from '../result.ts';
import type { Settings } from '../settings.ts';
import type { Finding } from './finding.ts';

const include = 'include-outbound-cidrs';
const exclude = 'exclude-outbound-cidrs';

/** What the lists of blocks hold that changes nothing. */
export function lintCidrs(settings: Settings, families: readonly Family[]): readonly Finding[] {
  const { includeOutboundCidrs, excludeOutboundCidrs, excludeInboundCidrs } = settings;
  const { includeInboundPorts, dropInvalid, allowOutboundCidrs, outboundPolicy } = settings;
  const included = blocksOf(includeOutboundCidrs);
  const excluded = blocksOf(excludeOutboundCidrs);
  const sources = blocksOf(excludeInboundCidrs);
  return [
    ...each(include, included, families, (block) => {
      if (excludeOutboundCidrs.kind === 'all') return `${exclude} is *`;
      return coverIn(excluded, block, exclude);
    }),
    ...each(exclude, excluded, families, (block) => uncaptured(block, settings, included)),
    ...each('exclude-inbound-cidrs', sources, families, () =>
      // What is excluded is not dropped either, captured or not.
      !dropInvalid && includeInboundPorts.kind === 'list' && includeInboundPorts.items.length === 0
        ? 'nothing inbound is captured'
        : undefined,
    ),
    ...each('allow-outbound-cidrs', allowOutboundCidrs.map(blockOf), families, (block) =>
      outboundPolicy === 'blackhole' ? coverIn(excluded, block, exclude) : 'outbound-policy is allow-any',
    ),
  ];
}

/** The findings of one list: a family that is not captured, one block inside another, or what `more` tells. */
function each(
  setting: string,
  blocks: readonly Block[],
  families: readonly Family[],
  more: (block: Block) => string | undefined,
): readonly Finding[] {
  const covering = coverFinder(blocks);
  return blocks.flatMap((block) => {
    const why = families.includes(block.family)
      ? (describeCover(block, covering(block), setting) ?? localOnly(block) ?? more(block))
      : `${block.family} is not captured`;
    return why === undefined ? [] : [{ setting, value: block.text, why }];
  });
}

const blocksOf = (selected: Selection<Cidr>): readonly Block[] =>
  selected.kind === 'all' ? [] : selected.items.map(blockOf);

/** What goes to localhost goes out by loopback, and that is decided before the destination is looked at. */
const localOnly = ({ family, bits }: Block): string | undefined =>
  bits.startsWith(family === 'ipv4' ? '01111111' : '1'.padStart(128, '0'))
    ? 'what goes to localhost is decided by its sender'
    : undefined;

function uncaptured(block: Block, settings: Settings, included: readonly Block[]): string | undefined {
  const { includeOutboundCidrs, includeOutboundPorts } = settings;
  const anyPort = includeOutboundPorts.kind === 'all' || includeOutboundPorts.items.length > 0;
  if (includeOutboundCidrs.kind === 'all' || anyPort) return undefined;
  return included.some((one) => overlaps(one, block)) ? undefined : `nothing in it is in ${include}`;
}

function coverIn(blocks: readonly Block[], block: Block, setting: string): string | undefined {
  const cover = coverFinder(blocks)(block);
  return cover === undefined ? undefined : `${setting} ${cover.text} takes all of it`;
}

function describeCover(block: Block, cover: Block | undefined, setting: string): string | undefined {
  if (cover === undefined) return undefined;
  return cover.text === block.text ? 'it stands there twice' : `${setting} ${cover.text} holds it already`;
}

/** Finds another block that holds one. In time that grows with the lengths of prefixes in use, not with the blocks. */
function coverFinder(blocks: readonly Block[]): (block: Block) => Block | undefined {
  const byBits = new Map<string, Block>();
  for (const block of blocks) {
    const key = `${block.family} ${block.bits}`;
    if (!byBits.has(key)) byBits.set(key, block);
  }
  const lengths = [...new Set(blocks.map(({ bits }) => bits.length))];
  return (block) => {
    for (const length of lengths) {
      if (length > block.bits.length) continue;
      const found = byBits.get(`${block.family} ${block.bits.slice(0, length)}`);
      if (found !== undefined && found !== block) return found;
    }
    return undefined;
  };
}
