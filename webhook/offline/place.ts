import { type Collection, type Entry, entriesOf } from './entries.ts';
import { OfflineError } from './offline-error.ts';
import { afterComments, columnOf, lineStart, nextLine, ownLine, type Page } from './page.ts';
import { type FlowStyle, type Fresh, renderFlowEntry, renderLines } from './render.ts';
import type { Splice } from './splice.ts';

/** One place of a collection as it shall be: an entry that stays, or one that comes. */
export type Slot =
  | { readonly kind: 'kept'; readonly index: number }
  | { readonly kind: 'fresh'; readonly fresh: Fresh };

/** What goes and what comes between two entries that stay. */
interface Gap {
  readonly previous: Entry | undefined;
  readonly removed: readonly Entry[];
  readonly fresh: readonly Fresh[];
  readonly next: Entry | undefined;
}

/**
 * The splices that turn the `entries` of a collection into the `slots`. What comes in is taken out again by the
 * splices of the way back, to the byte: whole lines in a block collection; in a flow collection an entry with the
 * comma and the space towards the entry that it was put beside.
 *
 * `header`: start of the line after the collection's key; `withComments`: of what goes, the user's own.
 */
export function spliceEntries(
  page: Page,
  collection: Collection,
  entries: readonly Entry[],
  slots: readonly Slot[],
  header: number | undefined,
  withComments: ReadonlySet<Entry> = new Set(),
): Splice[] {
  const gaps = findGaps(entries, slots).filter(({ removed, fresh }) => removed.length + fresh.length > 0);
  const last = entries.at(-1);
  if (gaps.length === 0 || last === undefined) return [];
  return gaps.map((gap) =>
    collection.flow
      ? spliceFlow(page, collection, last, gap)
      : spliceBlock(page, collection, last, gap, { header, withComments }),
  );
}

function findGaps(entries: readonly Entry[], slots: readonly Slot[]): Gap[] {
  const kept = slots.flatMap((slot) => (slot.kind === 'kept' ? [slot.index] : []));
  const fresh: Fresh[][] = [[]];
  for (const slot of slots) {
    if (slot.kind === 'kept') fresh.push([]);
    else fresh.at(-1)?.push(slot.fresh);
  }
  return fresh.map((coming, gap): Gap => {
    const from = kept[gap - 1] ?? -1;
    const to = kept[gap] ?? entries.length;
    return {
      previous: entries[from],
      removed: entries.slice(from + 1, to),
      fresh: coming,
      next: entries[to],
    };
  });
}

/** The text of entries: in a block collection it is whole lines. */
export function extentOf(
  { text }: Page,
  { flow }: Collection,
  first: Entry,
  last: Entry,
): { readonly start: number; readonly end: number } {
  return flow
    ? { start: first.start, end: last.end }
    : { start: ownLine(text, first.start), end: nextLine(text, last.end) };
}

/**
 * The text of an entry of a block collection with the comments that stand before it and those that belong to it: where
 * an entry that came in its place would begin, and where the next one would.
 */
export function extentWithComments(
  { text }: Page,
  entry: Entry,
  { previous, header }: { readonly previous: Entry | undefined; readonly header: number | undefined },
): { readonly start: number; readonly end: number } {
  const column = columnOf(text, entry.start);
  const own = ownLine(text, entry.start);
  const start =
    previous === undefined
      ? Math.min(header ?? own, own)
      : afterComments(text, nextLine(text, previous.end), column);
  return { start, end: afterComments(text, nextLine(text, entry.end), column) };
}

/** An entry as it would be written into the collection, whose last entry is `last`. */
export function renderEntry(page: Page, collection: Collection, last: Entry, fresh: Fresh): string {
  return collection.flow
    ? renderFlowEntry(fresh, flowStyleOf(page, collection, last.colon))
    : renderLines(fresh, columnOf(page.text, last.start), page);
}

function spliceBlock(
  page: Page,
  collection: Collection,
  last: Entry,
  gap: Gap,
  {
    header,
    withComments,
  }: { readonly header: number | undefined; readonly withComments: ReadonlySet<Entry> },
): Splice {
  const { text } = page;
  const { previous, removed, fresh, next } = gap;
  const lines = fresh.map((one) => renderEntry(page, collection, last, one)).join('');
  const [first] = removed;
  if (first !== undefined) {
    const extent = withComments.has(first)
      ? extentWithComments(page, first, { previous, header })
      : extentOf(page, collection, first, removed.at(-1) ?? first);
    return { ...extent, text: lines };
  }
  if (previous !== undefined) {
    const at = afterComments(text, nextLine(text, previous.end), columnOf(text, last.start));
    return { start: at, end: at, text: lines };
  }
  // Before the first entry, and before the comments that belong to it.
  const before = ownLine(text, next?.start ?? last.start);
  const at = header ?? before;
  if (at > before) {
    throw new OfflineError('layout', 'a list starts on the line of its key: start it on the next line');
  }
  return { start: at, end: at, text: lines };
}

function spliceFlow(page: Page, collection: Collection, last: Entry, gap: Gap): Splice {
  const { text } = page;
  const { previous, removed, fresh, next } = gap;
  const compact = isCompact(text, last.colon ?? text.indexOf(':', collection.range[0]) + 1);
  const style = flowStyleOf(page, collection, last.colon);
  const space = style.kind === 'lines' ? `${page.lineEnd}${style.indent}` : compact ? '' : ' ';
  const entries = fresh.map((one) => renderEntry(page, collection, last, one));
  const [first] = removed;
  const end = removed.at(-1)?.end;
  if (first !== undefined && end !== undefined) {
    if (entries.length > 0) return { start: first.start, end, text: entries.join(`,${space}`) };
    if (previous !== undefined) return { start: previous.end, end, text: '' };
    return { start: first.start, end: next?.start ?? end, text: '' };
  }
  if (previous !== undefined) {
    const at = previous.end;
    return { start: at, end: at, text: entries.map((entry) => `,${space}${entry}`).join('') };
  }
  const at = next?.start ?? last.start;
  return { start: at, end: at, text: entries.map((entry) => `${entry},${space}`).join('') };
}

/** Whether no space follows the colon, as in JSON for machines. */
export const isCompact = (text: string, colon: number): boolean => !/\s/.test(text[colon] ?? '');

/** Lines, where the last entry starts one; otherwise all on one line. */
export function flowStyleOf(page: Page, collection: Collection, colon: number | undefined): FlowStyle {
  const { text, lineEnd } = page;
  const last = entriesOf(collection).at(-1)?.start ?? collection.range[0];
  const indent = text.slice(lineStart(text, last), last);
  if (indent.trim() !== '' || text[lineStart(text, last) - 1] !== '\n') {
    return { kind: 'line', compact: isCompact(text, colon ?? text.indexOf(':', collection.range[0]) + 1) };
  }
  const close = text.slice(lineStart(text, collection.range[1] - 1), collection.range[1] - 1);
  const unit = indent.startsWith(close) && close.trim() === '' ? indent.slice(close.length) : '  ';
  return { kind: 'lines', indent, unit: unit || '  ', lineEnd };
}
