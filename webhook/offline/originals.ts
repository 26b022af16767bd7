import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import { isObject, type JsonObject } from '../admission/json.ts';
import { originalAnnotation } from '../injection/names.ts';
import { OfflineError } from './offline-error.ts';
import { Verbatim } from './verbatim.ts';

/**
 * How what injection has changed was written before, where that is not as we would write it: by pointer (items by
 * their names), the text between a key's colon and the end of its value where that said nothing; or, of an entry that
 * went, the whole of it.
 */
export type Originals = ReadonlyMap<string, string>;

export const renderOriginals = (originals: Originals): string =>
  JSON.stringify(Object.fromEntries(originals));

/** @throws OfflineError where the annotation is not as we wrote it */
export function readOriginals(annotation: unknown): Originals {
  if (annotation === undefined) return new Map();
  try {
    const json: unknown = JSON.parse(String(annotation));
    const texts = Object.entries(isObject(json) ? json : { '': undefined });
    return new Map(texts.map(([path, text]) => [path, typeof text === 'string' ? text : refuse(text)]));
  } catch {
    return refuse(annotation);
  }
}

/**
 * The text of a value, which goes into the file as it is: so it may say nothing but null or an empty list or mapping.
 *
 * @throws OfflineError where it does
 */
export function readNothing(text: string): Verbatim {
  const json = parseEntries(`"key":${text}`);
  const [key, ...more] = Object.keys(json ?? {});
  return key === 'key' && more.length === 0 && saysNothing(json?.key)
    ? new Verbatim(text, json?.key)
    : refuse(text);
}

/**
 * The text of a value, likewise: it may say that value alone.
 *
 * @throws OfflineError where it does not
 */
export function readValue(text: string, value: string): Verbatim {
  return isDeepStrictEqual(parseEntries(`"key":${text}`), { key: value })
    ? new Verbatim(text, value)
    : refuse(text);
}

/**
 * The text of an entry, likewise: it may be nothing but one entry of that key, and say that value.
 *
 * @throws OfflineError where it is not
 */
export function readEntry(text: string, key: string, value: unknown): Verbatim {
  const json = parseBlock(text) ?? parseEntries(text);
  const [only, ...more] = Object.keys(json ?? {});
  return only === key && more.length === 0 && isDeepStrictEqual(json?.[key], value)
    ? new Verbatim(text, json?.[key])
    : refuse(text);
}

const parseEntries = (text: string): JsonObject | undefined => parseBlock(`{${text}\n}`);

function parseBlock(text: string): JsonObject | undefined {
  const document = parseDocument(text);
  const json: unknown = document.errors.length === 0 ? document.toJS() : undefined;
  return isObject(json) ? json : undefined;
}

export const saysNothing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);

function refuse(value: unknown): never {
  const problem = `annotation ${originalAnnotation}: ${JSON.stringify(value)} is not as outrider wrote it`;
  throw new OfflineError('mark', `${problem}: remove the annotation, and the way back is not to the byte`);
}
