import { isMap, isSeq, type ParsedNode } from 'yaml';
import { isObject, type JsonObject } from '../admission/json.ts';
import { pointer } from '../injection/patch.ts';
import { type Collection, type Entry, entriesOf } from './entries.ts';
import { matchItems } from './match-items.ts';
import { OfflineError } from './offline-error.ts';
import { saysNothing } from './originals.ts';
import { nextLine, type Page } from './page.ts';
import { extentOf, extentWithComments, renderEntry, type Slot, spliceEntries } from './place.ts';
import { fieldOf, namedPointer } from './pointer.ts';
import { renameEntry } from './rename-entry.ts';
import type { Fresh } from './render.ts';
import { replaceValue, valueText } from './replace-value.ts';
import { refuseMerged, refuseShared } from './shared.ts';
import type { Splice } from './splice.ts';
import { Verbatim } from './verbatim.ts';

export interface Edit {
  readonly splices: readonly Splice[];
  readonly replaced: readonly Replaced[];
}

/** A text that gives way to another, or goes. */
export interface Replaced {
  /** Pointer to its value in `before`, items by their names. */
  readonly path: string;
  /** From the colon of its key on where that stays; otherwise the whole entry or item. */
  readonly text: string;
  /** How we would write it. */
  readonly rendered: string | undefined;
  /** What it says. */
  readonly from: unknown;
}

/**
 * The splices that make `after` of `before`, which is what `node` says. Values that are the very same object in both
 * keep their text. `at`: a JSON Pointer to the node, for errors; `leaves`: whether an item, by its named pointer,
 * is the user's and goes as a whole, its comments with it; `renamed`: new keys, and the keys in whose place they come.
 *
 * @throws OfflineError where the text does not allow it
 */
export function editNode(
  page: Page,
  { node, at }: { readonly node: ParsedNode | null; readonly at: string },
  before: unknown,
  after: unknown,
  {
    leaves = () => false,
    renamed = new Map(),
  }: {
    readonly leaves?: (path: string) => boolean;
    readonly renamed?: ReadonlyMap<string, string> | undefined;
  } = {},
): Edit {
  const splices: Splice[] = [];
  const replaced: Replaced[] = [];
  const replace = (path: string, text: string, from: unknown, rendered?: string): void => {
    replaced.push({ path: namedPointer(before, path.slice(at.length)), text, rendered, from });
  };

  const visit = (
    value: ParsedNode | null,
    from: unknown,
    to: unknown,
    path: string,
    header?: number,
  ): void => {
    refuseShared(page.shared, value, path);
    if (isMap(value) && isObject(from) && isObject(to)) {
      visitMap(value as Collection, from, to, path, header);
    } else if (isSeq(value) && Array.isArray(from) && Array.isArray(to)) {
      visitSeq(value as Collection, from, to, path, header);
    } else refuseMerged(path);
  };

  const visitMap = (
    map: Collection,
    from: JsonObject,
    to: JsonObject,
    path: string,
    header?: number,
  ): void => {
    const entries = entriesOf(map);
    const written = new Set(entries.map(({ key }) => key));
    const fresh: Fresh[] = [];
    const heirs = new Map<string, Fresh[]>();
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      if (written.has(key) || from[key] === to[key]) continue;
      if (Object.hasOwn(from, key)) refuseMerged(`${path}${pointer(key)}`);
      const before = renamed.get(key) ?? '';
      if (written.has(before) && Object.hasOwn(from, before) && !Object.hasOwn(to, before)) {
        heirs.set(before, [...(heirs.get(before) ?? []), { key, value: to[key] }]);
        continue;
      }
      fresh.push({ key, value: to[key] });
    }
    const coming = fresh.map((one): Slot => ({ kind: 'fresh', fresh: one }));
    const slots: Slot[] = [];
    for (const [index, entry] of entries.entries()) {
      const key = entry.key ?? '';
      const below = `${path}${pointer(key)}`;
      if (Object.hasOwn(from, key) && !Object.hasOwn(to, key)) {
        refuseShared(page.shared, entry.value, below);
        const [heir, ...more] = heirs.get(key) ?? [];
        if (heir !== undefined) {
          slots.push({ kind: 'kept', index }, ...more.map((one): Slot => ({ kind: 'fresh', fresh: one })));
          splices.push(...renameEntry(page, map, entry, heir, from[key]));
          continue;
        }
        // What comes takes the place of what goes.
        if (coming.length > 0) {
          const rendered = renderEntry(page, map, entries.at(-1) ?? entry, { key, value: from[key] });
          replace(below, textOf(page, map, entry), from[key], rendered);
        }
        slots.push(...coming.splice(0));
        continue;
      }
      slots.push({ kind: 'kept', index });
      if (from[key] !== to[key]) visitValue(map, entry, from[key], to[key], below);
    }
    splices.push(...spliceEntries(page, map, entries, [...slots, ...coming], header));
  };

  const visitSeq = (
    seq: Collection,
    from: readonly unknown[],
    to: readonly unknown[],
    path: string,
    header?: number,
  ): void => {
    const entries = entriesOf(seq);
    const gone = from.map((_, index) => leaves(namedPointer(before, `${path}/${index}`.slice(at.length))));
    const slots = matchItems(from, to, (index) => gone[index] === true).map(
      (same, index): Slot =>
        same === undefined
          ? { kind: 'fresh', fresh: { key: undefined, value: to[index] } }
          : { kind: 'kept', index: same },
    );
    for (const [index, slot] of slots.entries()) {
      if (slot.kind === 'fresh' || from[slot.index] === to[index]) continue;
      const { value = null } = entries[slot.index] ?? {};
      visit(value, from[slot.index], to[index], `${path}/${slot.index}`);
    }
    const kept = slots.flatMap((slot) => (slot.kind === 'kept' ? [slot.index] : []));
    const withComments = new Set<Entry>();
    for (const [index, entry] of entries.entries()) {
      if (kept.includes(index)) continue;
      const item = `${path}/${index}`;
      const previous = entries[index - 1];
      const whole = !seq.flow && gone[index] === true;
      if (whole) withComments.add(entry);
      const { start, end } = whole
        ? extentWithComments(page, entry, { previous, header })
        : extentOf(page, seq, entry, entry);
      replace(item, page.text.slice(start, end), from[index]);
    }
    splices.push(...spliceEntries(page, seq, entries, slots, header, withComments));
  };

  const visitValue = (holder: Collection, entry: Entry, from: unknown, to: unknown, path: string): void => {
    const filled = saysNothing(from) && typeof to === 'object';
    if (filled || to instanceof Verbatim || typeof to !== 'object' || typeof from !== 'object') {
      refuseShared(page.shared, entry.value, path);
      if (entry.colon === undefined)
        throw new OfflineError('layout', `${fieldOf(path)}: has no colon: write one`);
      replace(path, valueText(page, entry, entry.colon), from);
      splices.push(...replaceValue(page, holder, entry, entry.colon, to));
    } else visit(entry.value, from, to, path, nextLine(page.text, entry.header));
  };

  visit(node, before, after, at);
  return { splices, replaced };
}

function textOf(page: Page, holder: Collection, entry: Entry): string {
  const { start, end } = extentOf(page, holder, entry, entry);
  return page.text.slice(start, end);
}
