import { isObject } from '../admission/json.ts';

/**
 * A value that is written as this very text: where its key stands already, from the key's colon to the end of the value;
 * where it does not, the whole entry.
 */
export class Verbatim {
  readonly text: string;
  /** What the text says. */
  readonly json: unknown;

  constructor(text: string, json: unknown) {
    this.text = text;
    this.json = json;
  }
}

/** The plain JSON of a value that may hold {@link Verbatim}s. */
export function plain(value: unknown): unknown {
  if (value instanceof Verbatim) return value.json;
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
