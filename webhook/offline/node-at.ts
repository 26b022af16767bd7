import { isMap, isSeq, type ParsedNode } from 'yaml';
import { pointer } from '../injection/patch.ts';
import type { ManifestDocument } from './documents.ts';
import { type Collection, entriesOf } from './entries.ts';
import { refuseMerged, refuseShared } from './shared.ts';

/**
 * The node at a path of the document, which is that node's alone.
 *
 * @throws OfflineError where something on the way is shared with another place
 */
export function nodeAt(
  document: ManifestDocument,
  path: readonly (string | number)[],
  anchors: ReadonlySet<string>,
): ParsedNode | null {
  let node: ParsedNode | null = document.node.contents;
  for (const [index, token] of path.entries()) {
    refuseShared(anchors, node, pointer(...path.slice(0, index)));
    const entries = isMap(node) || isSeq(node) ? entriesOf(node as Collection) : [];
    const entry = typeof token === 'number' ? entries[token] : entries.find(({ key }) => key === token);
    if (entry === undefined) refuseMerged(pointer(...path.slice(0, index + 1)));
    node = entry.value;
  }
  return node;
}
