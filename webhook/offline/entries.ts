import {
  type CST,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { OfflineError } from './offline-error.ts';

export type Collection = YAMLMap.Parsed | YAMLSeq.Parsed;

/** A pair of a mapping or an item of a sequence, and where it stands in the text. */
export interface Entry {
  /** `undefined` for an item. */
  readonly key: string | undefined;
  /** Start of the key, or of the dash. */
  readonly start: number;
  /** Past the last character that is no comment; past the line end of a block scalar. */
  readonly end: number;
  readonly value: ParsedNode | null;
  /** Past the colon of a pair. */
  readonly colon: number | undefined;
  /** Past the colon and what belongs to the value and comes before it: its anchor and tag. */
  readonly header: number;
}

/** Where a collection ends is asked again at each level above it: a list of many objects would take its square. */
const known = new WeakMap<Collection, readonly Entry[]>();

/** @throws OfflineError where a key is no plain word or text */
export function entriesOf(collection: Collection): readonly Entry[] {
  const before = known.get(collection);
  if (before !== undefined) return before;
  const entries = isMap(collection)
    ? pairsOf(collection as YAMLMap.Parsed)
    : itemsOf(collection as YAMLSeq.Parsed);
  known.set(collection, entries);
  return entries;
}

function pairsOf({ items }: YAMLMap.Parsed): Entry[] {
  return items.map(({ key, value, srcToken }) => {
    if (!isScalar(key)) {
      throw new OfflineError('layout', 'a key is not a plain text: write the mapping with plain keys');
    }
    const sep = srcToken !== undefined && 'sep' in srcToken ? (srcToken.sep ?? []) : [];
    const colon = endOf(sep.filter(({ type }) => type === 'map-value-ind'));
    const header = endOf(sep.filter(({ type }) => ['map-value-ind', 'anchor', 'tag'].includes(type)));
    const before = colon ?? key.range[1];
    const end = Math.max(contentEnd(value) ?? before, before);
    return { key: String(key.value), start: key.range[0], end, value, colon, header: header ?? before };
  });
}

function itemsOf({ items, flow, srcToken }: YAMLSeq.Parsed): Entry[] {
  const tokens = (srcToken as CST.BlockSequence | undefined)?.items ?? [];
  const dashes = tokens.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'));
  return items.map((value, index) => {
    // An item of a flow sequence such as `[a: b]` is a pair by itself, and of no kind that Kubernetes takes.
    const node = isScalar(value) || isCollection(value) || isAlias(value) ? (value as ParsedNode) : null;
    const start = flow ? node?.range[0] : dashes[index]?.offset;
    if (start === undefined) {
      throw new OfflineError(
        'layout',
        'an item of a list has no place of its own: write the list in block style',
      );
    }
    const end = contentEnd(node) ?? start + 1;
    return { key: undefined, start, end, value: node, colon: undefined, header: start };
  });
}

const endOf = (tokens: readonly CST.SourceToken[]): number | undefined => {
  const last = tokens.at(-1);
  return last && last.offset + last.source.length;
};

/** `undefined` where nothing is written: null, as in `key:`. */
function contentEnd(node: ParsedNode | null): number | undefined {
  if (node === null || node.range[1] === node.range[0]) return undefined;
  if (!isCollection(node) || node.flow) return node.range[1];
  return entriesOf(node as Collection).at(-1)?.end;
}
