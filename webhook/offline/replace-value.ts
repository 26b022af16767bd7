import { isMap, isSeq } from 'yaml';
import { type Collection, type Entry, entriesOf } from './entries.ts';
import { columnOf, nextLine, ownLine, type Page } from './page.ts';
import { flowStyleOf, isCompact } from './place.ts';
import { renderFlow, renderInline, renderLines } from './render.ts';
import type { Splice } from './splice.ts';
import { Verbatim } from './verbatim.ts';

/** The text of an entry's value. The line end of a block scalar stays for what takes its place. */
export function valueText({ text, lineEnd }: Page, { end }: Entry, colon: number): string {
  return text.slice(colon, text[end - 1] === '\n' ? end - lineEnd.length : end);
}

/** The splices by which an entry gets another value; `colon`: past the colon of its key. */
export function replaceValue(
  page: Page,
  holder: Collection,
  entry: Entry,
  colon: number,
  to: unknown,
): Splice[] {
  const { text } = page;
  if (to instanceof Verbatim) {
    const { value } = entry;
    if ((!isMap(value) && !isSeq(value)) || value.flow)
      return [{ start: colon, end: entry.end, text: to.text }];
    const [first] = entriesOf(value as Collection);
    const start = ownLine(text, first?.start ?? colon);
    return [
      { start: colon, end: colon, text: to.text },
      { start, end: nextLine(text, entry.end), text: '' },
    ];
  }
  // A block scalar takes its line end along.
  const end = text[entry.end - 1] === '\n' ? page.lineEnd : '';
  if (holder.flow) {
    const space = isCompact(text, colon) ? '' : ' ';
    const style = flowStyleOf(page, holder, colon);
    return [{ start: colon, end: entry.end, text: `${space}${renderFlow(to, style)}` }];
  }
  if (typeof to !== 'object') return [{ start: colon, end: entry.end, text: ` ${renderInline(to)}${end}` }];
  const lines = renderLines({ key: entry.key, value: to }, columnOf(text, entry.start), page);
  const at = nextLine(text, entry.end);
  return [
    { start: colon, end: entry.end, text: end },
    { start: at, end: at, text: lines.slice(lines.indexOf('\n') + 1) },
  ];
}
