import type { Collection, Entry } from './entries.ts';
import { OfflineError } from './offline-error.ts';
import type { Page } from './page.ts';
import type { Fresh } from './render.ts';
import { replaceValue } from './replace-value.ts';
import type { Splice } from './splice.ts';

const written = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/y;

/**
 * The splices by which an entry gets another key, and another value where that differs. All else of its lines stays:
 * quotes, comments, and a value that is the same.
 *
 * @throws OfflineError where the entry has no colon
 */
export function renameEntry(
  page: Page,
  holder: Collection,
  entry: Entry,
  { key, value }: Fresh,
  from: unknown,
): Splice[] {
  const { start, colon } = entry;
  if (colon === undefined) throw new OfflineError('layout', `${entry.key}: has no colon: write one`);
  written.lastIndex = start;
  const quoted = written.exec(page.text)?.[0];
  const before = quoted ?? page.text.slice(start, colon - 1).trimEnd();
  // A new key has no character that needs quotes in YAML; in JSON it has those of the old one.
  const quote = quoted?.[0] ?? '';
  return [
    { start, end: start + before.length, text: `${quote}${key}${quote}` },
    ...(value === from ? [] : replaceValue(page, holder, entry, colon, value)),
  ];
}
