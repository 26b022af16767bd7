import { isObject } from '../admission/json.ts';

/** A value that is written as this very text: what stood between a key's colon and the end of its value. */
export class Verbatim {
  readonly text: string;
  /** What the text says. */
  readonly json: unknown;

  constructor(text: string, json: unknown) {
    this.text = text;
    this.json = json;
  }
}

/** A value that takes the place of another with all of its text, which is remembered for the way back. */
export class Renewed {
  readonly json: unknown;

  constructor(json: unknown) {
    this.json = json;
  }
}

/** The plain JSON of a value that may hold {@link Verbatim}s and {@link Renewed} values. */
export function plain(value: unknown): unknown {
  if (value instanceof Verbatim || value instanceof Renewed) return value.json;
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
