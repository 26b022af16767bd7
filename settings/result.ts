/** What parsing one text gives: the typed value, or what was expected in its place (a noun phrase). */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly expected: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const expected = (what: string): { ok: false; expected: string } => ({ ok: false, expected: what });

/** Parses every item of a comma-separated list; an empty text is an empty list, an empty item is an error. */
export function parseList<T>(text: string, item: (text: string) => Parsed<T>): Parsed<readonly T[]> {
  if (text.trim() === '') return parsed([]);
  const values: T[] = [];
  for (const piece of text.split(',')) {
    const result = item(piece.trim());
    if (!result.ok) return result;
    values.push(result.value);
  }
  return parsed(values);
}

/** `*` takes everything; otherwise exactly the items of the list, which may be empty. */
export type Selection<T> = { readonly kind: 'all' } | { readonly kind: 'list'; readonly items: readonly T[] };

export const everything = { kind: 'all' } as const;
export const nothing = { kind: 'list', items: [] } as const;

/** Parses `*` or a comma-separated list. `*` cannot stand beside other items. */
export function parseSelection<T>(text: string, item: (text: string) => Parsed<T>): Parsed<Selection<T>> {
  if (text.trim() === '*') return parsed(everything);
  const list = parseList(text, item);
  return list.ok ? parsed({ kind: 'list', items: list.value }) : expected(`* or a list of ${list.expected}`);
}

/** The text that {@link parseSelection} reads back. */
export function formatSelection<T>(selection: Selection<T>, item: (value: T) => string): string {
  return selection.kind === 'all' ? '*' : selection.items.map(item).join(',');
}
