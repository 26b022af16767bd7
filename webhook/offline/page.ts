import { type Document, isMap, isScalar, isSeq, type Pair, visit } from 'yaml';
import { OfflineError } from './offline-error.ts';

/** A document's text, and how it is written. */
export interface Page {
  /** The whole file's. */
  readonly text: string;
  readonly lineEnd: '\n' | '\r\n';
  /** Spaces by which a mapping within a mapping is indented. */
  readonly step: number;
  /** Whether a list within a mapping is indented, too. */
  readonly indentLists: boolean;
  /** The anchors that an alias of the document refers to. */
  readonly shared: ReadonlySet<string>;
}

export const lineEndOf = (text: string): '\n' | '\r\n' => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n');

/** Reads a document's own style, from the first place that shows it. */
export function readPage(text: string, document: Document.Parsed): Page {
  const shared = new Set<string>();
  const steps: number[] = [];
  const lists: boolean[] = [];
  visit(document, {
    Alias: (_, { source }) => void shared.add(source),
    Pair: (_, { key, value }: Pair) => {
      if (!isScalar(key) || !key.range || !(isMap(value) || isSeq(value))) return;
      if (value.flow || !value.range) return;
      const step = columnOf(text, value.range[0]) - columnOf(text, key.range[0]);
      if (isMap(value) && step > 0) steps.push(step);
      if (isSeq(value)) lists.push(step > 0);
    },
  });
  return { text, lineEnd: lineEndOf(text), step: steps[0] ?? 2, indentLists: lists[0] ?? true, shared };
}

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);

/** Start of the line after the one that ends with `offset`; a block scalar ends past its line end by itself. */
export function nextLine(text: string, offset: number): number {
  return text[offset - 1] === '\n' ? offset : text.indexOf('\n', offset) + 1;
}

/** Start of the line after the comments from `line` on that are indented by more than `column`: they belong before it. */
export function afterComments(text: string, line: number, column: number): number {
  const comments = /(?:[ \t]*\r?\n)*( *)#.*(?:\n|$)/y;
  let end = line;
  for (;;) {
    comments.lastIndex = end;
    const [comment = '', indent = ''] = comments.exec(text) ?? [];
    if (indent.length <= column) return end;
    end += comment.length;
  }
}

/**
 * Start of the line that `offset` is the first to write on.
 *
 * @throws OfflineError where something else is
 */
export function ownLine(text: string, offset: number): number {
  const start = lineStart(text, offset);
  if (text.slice(start, offset).trim() === '') return start;
  const line = text.slice(start, offset).trim();
  throw new OfflineError(
    'layout',
    `something stands before it on its line (${line}): give it a line of its own`,
  );
}
