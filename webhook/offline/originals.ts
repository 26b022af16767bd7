import { parseDocument } from 'yaml';
import { isObject } from '../admission/json.ts';
import { originalAnnotation } from '../injection/names.ts';
import { pointer } from '../injection/patch.ts';
import { probeKinds } from '../injection/probe.ts';
import { localVolumesAnnotation } from '../injection/safe-to-evict.ts';
import { OfflineError } from './offline-error.ts';
import { readPointer } from './pointer.ts';
import { Verbatim } from './verbatim.ts';

/** By JSON Pointer, how the values that injection filled or changed were written before. */
export type Originals = ReadonlyMap<string, Verbatim>;

export const renderOriginals = (originals: Originals): string =>
  JSON.stringify(Object.fromEntries([...originals].map(([path, { text }]) => [path, text])));

/**
 * Reads the annotation back. Its texts go into the file as they are, so each must be what we would have written: one
 * that says nothing, or one value where injection changes the user's.
 *
 * @throws OfflineError where it is not
 */
export function readOriginals(annotation: unknown): Originals {
  if (annotation === undefined) return new Map();
  const texts = parseObject(annotation);
  const originals = Object.entries(texts ?? {}).map(
    ([path, text]) => [path, readOriginal(path, text)] as const,
  );
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

/** A text that says null, or an empty list or mapping, or that {@link isChanged}; `undefined` for any other. */
function readOriginal(path: string, text: unknown): Verbatim | undefined {
  if (typeof text !== 'string') return undefined;
  const [flow, block] = [readValue(`{"key":${text}\n}`, text), readValue(`key:${text}\n`, text)];
  return flow && saysNothing(flow.json) ? flow : isChanged(path) ? (block ?? flow) : undefined;
}

/** The value under `key`, where there is nothing else. */
function readValue(mapping: string, text: string): Verbatim | undefined {
  const document = parseDocument(mapping);
  const json: unknown = document.errors.length === 0 ? document.toJS() : undefined;
  if (!isObject(json) || Object.keys(json).join() !== 'key') return undefined;
  return new Verbatim(text, json.key);
}

/** Where injection changes what the user has written. */
const isChanged = (path: string): boolean =>
  path === pointer('metadata', 'annotations', localVolumesAnnotation) || isProbe(path);

const isProbe = (path: string): boolean => {
  const [spec, list = '', , kind = '', ...more] = readPointer(path);
  const lists = ['containers', 'initContainers'];
  return (
    spec === 'spec' && lists.includes(list) && probeKinds.some((one) => one === kind) && more.length === 0
  );
};

export const saysNothing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
