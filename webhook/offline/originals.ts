import { parseDocument } from 'yaml';
import { isObject } from '../admission/json.ts';
import { originalAnnotation } from '../injection/names.ts';
import { OfflineError } from './offline-error.ts';
import { Verbatim } from './verbatim.ts';

/** By JSON Pointer, how the values that injection filled were written when they said nothing. */
export type Originals = ReadonlyMap<string, Verbatim>;

export const renderOriginals = (originals: Originals): string =>
  JSON.stringify(Object.fromEntries([...originals].map(([path, { text }]) => [path, text])));

/**
 * Reads the annotation back. Its texts go into the file as they are, so each must be what we would have written:
 * one that says nothing.
 *
 * @throws OfflineError where it is not
 */
export function readOriginals(annotation: unknown): Originals {
  if (annotation === undefined) return new Map();
  const texts = parseObject(annotation);
  const originals = Object.entries(texts ?? {}).map(([path, text]) => [path, readNothing(text)] as const);
  const known = originals.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const]));
  if (texts !== undefined && known.length === originals.length) return new Map(known);
  const problem = `annotation ${originalAnnotation}: ${JSON.stringify(annotation)} is not as outrider wrote it`;
  throw new OfflineError('mark', `${problem}: remove it, and what was empty before goes as a whole`);
}

function parseObject(annotation: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(String(annotation));
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** A text that says null, or an empty list or mapping; `undefined` where it says anything else. */
function readNothing(text: unknown): Verbatim | undefined {
  if (typeof text !== 'string') return undefined;
  const document = parseDocument(`{"key":${text}\n}`);
  const json: unknown = document.errors.length === 0 ? document.toJS() : undefined;
  if (!isObject(json) || Object.keys(json).join() !== 'key') return undefined;
  return saysNothing(json.key) ? new Verbatim(text, json.key) : undefined;
}

export const saysNothing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
