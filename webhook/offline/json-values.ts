/** A part of a text, and where it starts. */
export interface Piece {
  readonly start: number;
  readonly text: string;
}

const token = /"(?:[^"\\]|\\.)*"|[{}]/g;

/**
 * The JSON objects that follow one another in a text, as `kubectl` reads them; each with the space around it, so that
 * nothing is left out. Any other text, and a single object, is one piece.
 */
export function splitJson(text: string): readonly Piece[] {
  const whole = [{ start: 0, text }];
  if (!/^\s*\{/.test(text)) return whole;
  const ends: number[] = [];
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(token)) {
    if (found === '{') depth += 1;
    if (found !== '}') continue;
    depth -= 1;
    if (depth === 0) ends.push(index + 1);
  }
  const last = ends.pop();
  if (ends.length === 0 || last === undefined) return whole;
  const bounds = [0, ...ends, text.length];
  const pieces = ends.concat(text.length).map((end, index) => {
    const start = bounds[index] ?? 0;
    return { start, text: text.slice(start, end) };
  });
  return pieces.every((piece) => isJson(piece.text)) ? pieces : whole;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
