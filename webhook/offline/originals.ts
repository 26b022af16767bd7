import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import { isObject, type JsonObject } from '../admission/json.ts';
import { originalAnnotation } from '../injection/names.ts';
import { pointer } from '../injection/patch.ts';
import type { Replaced } from './edit.ts';
import { OfflineError } from './offline-error.ts';
import { readPointer, valueAtNamed } from './pointer.ts';
import { Verbatim } from './verbatim.ts';

/**
 * How the user's own was written that injection has changed. By pointer, items by their names: of a value, the text
 * from its key's colon on; of an entry that has made way for another, the whole entry. Of an item that has gone, its text by
 * its index.
 */
export type Originals = ReadonlyMap<string, string>;

export interface WayBack {
  /** The pod without what is ours: what is not in it is not the user's. */
  readonly base: unknown;
  /** What becomes of the injected pod where nothing is remembered. */
  readonly undone: unknown;
}

/** What has to be remembered of the texts that injection replaces: all that would not come back by itself. */
export function selectOriginals(replaced: readonly Replaced[], { base, undone }: WayBack): Originals {
  const wanted = replaced.filter(
    ({ path, text, rendered, from }) =>
      valueAtNamed(base, path) !== undefined &&
      !(text === rendered && isDeepStrictEqual(valueAtNamed(undone, path), from)),
  );
  return new Map(wanted.map(({ path, text }) => [indexed(base, path), text]));
}

/** An item goes by its place. */
function indexed(base: unknown, path: string): string {
  const tokens = readPointer(path);
  const list = valueAtNamed(base, pointer(...tokens.slice(0, -1)));
  if (!Array.isArray(list)) return path;
  const index = list.findIndex((one) => isObject(one) && one.name === tokens.at(-1));
  return pointer(...tokens.slice(0, -1), index);
}

export const renderOriginals = (originals: Originals): string =>
  JSON.stringify(Object.fromEntries(originals));

/** @throws OfflineError where the pod's annotation is not as we wrote it */
export function originalsOf(pod: JsonObject): Originals {
  const annotation = valueAtNamed(pod, pointer('metadata', 'annotations', originalAnnotation));
  if (annotation === undefined) return new Map();
  const json = parseJson(annotation);
  if (!isObject(json)) return refuse(annotation);
  return new Map(
    Object.entries(json).map(([path, text]) => [path, typeof text === 'string' ? text : refuse(annotation)]),
  );
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/**
 * The texts go into the file as they are: so each may be nothing but one value, entry or item, and say what is `asked` of
 * it.
 *
 * @throws OfflineError where it does not
 */
export function readValue(text: string, asked: (value: unknown) => boolean): Verbatim {
  return readEntryOf(`"key":${text}`, text, 'key', asked) ?? refuse(text);
}

export function readEntry(text: string, key: string, asked: (value: unknown) => boolean): Verbatim {
  return readEntryOf(text, text, key, asked) ?? refuse(text);
}

export function readItem(text: string, asked: (value: unknown) => boolean): Verbatim {
  const json = parse(text) ?? parse(`[${text}\n]`);
  const items = Array.isArray(json) ? json : [json];
  return items.length === 1 && asked(items[0]) ? new Verbatim(text, items[0]) : refuse(text);
}

function readEntryOf(
  entry: string,
  text: string,
  key: string,
  asked: (value: unknown) => boolean,
): Verbatim | undefined {
  for (const json of [parse(entry), parse(`{${entry}\n}`)]) {
    if (!isObject(json) || Object.keys(json).length !== 1 || !Object.hasOwn(json, key)) continue;
    if (asked(json[key])) return new Verbatim(text, json[key]);
  }
  return undefined;
}

function parse(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length === 0 ? document.toJS() : undefined;
}

export const saysNothing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);

function refuse(value: unknown): never {
  const problem = `annotation ${originalAnnotation}: ${JSON.stringify(value)} is not as outrider wrote it`;
  throw new OfflineError('mark', `${problem}: remove the annotation, and the way back is not to the byte`);
}
