import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../admission/json.ts';
import type { PodHolder } from '../admission/pod-holders.ts';
import { pointer } from '../injection/patch.ts';
import { applyPatch } from './apply-patch.ts';
import { describeObject } from './describe-object.ts';
import { type ManifestDocument, parseDocuments } from './documents.ts';
import { type EditHints, editObject } from './edit-object.ts';
import { findObjects, type ManifestObject } from './find-pods.ts';
import { type Namespaces, namespacesOf } from './namespaces.ts';
import { OfflineError } from './offline-error.ts';
import { lineEndOf, readPage } from './page.ts';
import { applySplices, type Splice } from './splice.ts';
import { plain } from './verbatim.ts';

/** What becomes of one pod or namespace. `notes` and `problems` are sentences about it. */
export type Change =
  | ({
      readonly kind: 'change';
      readonly json: JsonObject;
      readonly notes: readonly string[];
    } & EditHints)
  | { readonly kind: 'keep'; readonly notes: readonly string[] }
  | { readonly kind: 'refuse'; readonly problems: readonly string[] };

/** Each line of `notes` and `problems` begins with the document and object that it is about. */
export type Rewritten =
  | { readonly ok: true; readonly text: string; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** An object that could be read. */
export type ReadObject = Exclude<ManifestObject, { readonly kind: 'invalid' }>;

/**
 * Changes pods, templates and namespaces of a file, and no byte of anything else. All problems of all documents come
 * at once.
 */
export function rewriteObjects(
  text: string,
  holders: readonly PodHolder[],
  changeOf: (object: ReadObject, namespaces: Namespaces) => Change,
): Rewritten {
  // A last line without an end gets one for the time of the change, so that all that comes and goes are whole lines.
  const missing = text === '' || text.endsWith('\n') ? '' : lineEndOf(text);
  const whole = `${text}${missing}`;
  const { documents, problems: unread } = parseDocuments(whole);
  const objects = findObjects(documents, holders);
  const namespaces = namespacesOf(objects);
  const problems = [...unread];
  const notes: string[] = [];
  const splices: Splice[] = [];
  const pages = new Map(documents.map((document) => [document, readPage(whole, document.node)]));
  const meant = new Map(documents.map(({ number, json }) => [number, json]));
  for (const object of objects) {
    const { where } = object;
    if (object.kind === 'invalid') {
      problems.push(...object.problems.map((problem) => `${where}: ${problem}`));
      continue;
    }
    try {
      const change = changeOf(object, namespaces);
      if (change.kind === 'refuse')
        problems.push(...change.problems.map((problem) => `${where}: ${problem}`));
      else notes.push(...change.notes.map((note) => `${where}: ${note}`));
      if (change.kind !== 'change' || object.kind === 'other') continue;
      const place = object.kind === 'pod' ? object.pod : object.place;
      const { document, path } = place;
      const page = pages.get(document) ?? readPage(whole, document.node);
      const edited = editObject(page, place, change.json, change);
      splices.push(...edited.splices);
      const value = plain(edited.json);
      const replaced = applyPatch(meant.get(document.number), [
        { op: 'replace', path: pointer(...path), value },
      ]);
      meant.set(document.number, replaced);
    } catch (error) {
      if (!(error instanceof OfflineError)) throw error;
      problems.push(`${where}: ${error.message}`);
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  if (splices.length === 0) return { ok: true, text, notes };
  const changed = applySplices(whole, splices);
  const unlike = findUnlike(changed, documents, meant);
  if (unlike.length > 0) return { ok: false, problems: unlike };
  return { ok: true, text: changed.slice(0, changed.length - missing.length), notes };
}

/** A text in a form that nobody thought of is refused, not damaged. */
function findUnlike(
  changed: string,
  documents: readonly ManifestDocument[],
  meant: ReadonlyMap<number, unknown>,
): string[] {
  const read = new Map(parseDocuments(changed).documents.map(({ number, json }) => [number, json]));
  return documents
    .filter(({ number }) => !isDeepStrictEqual(read.get(number), meant.get(number)))
    .map(
      ({ where, json }) =>
        `${where}${describeObject(json)}: is written in a way in which it cannot be changed: write it in plain block style`,
    );
}
