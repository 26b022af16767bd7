/** One change of a text: what stands from `start` to `end` gives way to `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Of splices at one place, the first in the list comes first in the text. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const splice of splices.toSorted((a, b) => a.start - b.start)) {
    if (splice.start < done) throw new Error(`changes overlap at offset ${splice.start}`);
    pieces.push(text.slice(done, splice.start), splice.text);
    done = splice.end;
  }
  return [...pieces, text.slice(done)].join('');
}
