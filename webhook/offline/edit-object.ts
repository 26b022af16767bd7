import { type JsonObject, objectOf } from '../admission/json.ts';
import { originalAnnotation } from '../injection/names.ts';
import { pointer } from '../injection/patch.ts';
import { type Edit, editNode } from './edit.ts';
import type { Place } from './find-pods.ts';
import { nodeAt } from './node-at.ts';
import { type Originals, originalsOf, renderOriginals, selectOriginals, type WayBack } from './originals.ts';
import type { Page } from './page.ts';
import { valueAtNamed } from './pointer.ts';

/** What the values before and after do not tell of a change. */
export interface EditHints {
  /** By which it is told what has to be remembered for the way back; without it, nothing is. */
  readonly wayBack?: WayBack;
  /** New keys, and the keys in whose place they come. */
  readonly renamed?: ReadonlyMap<string, string>;
}

/** The splices that make `after` of an object, and the object then: it also tells what has to be remembered for the way back. */
export function editObject(
  page: Page,
  { document, path, json }: Place,
  after: JsonObject,
  { wayBack, renamed }: EditHints,
): Pick<Edit, 'splices'> & { readonly json: JsonObject } {
  const target = { node: nodeAt(document, path, page.shared), at: pointer(...path) };
  const leaves = (named: string): boolean =>
    valueAtNamed(wayBack?.base, named) !== undefined && valueAtNamed(wayBack?.undone, named) === undefined;
  const edit = editNode(page, target, json, after, { leaves, renamed });
  const originals = wayBack === undefined ? new Map() : selectOriginals(edit.replaced, wayBack);
  if (originals.size === 0) return { ...edit, json: after };
  const remembering = withOriginals(after, originals);
  return { ...editNode(page, target, json, remembering, { leaves, renamed }), json: remembering };
}

function withOriginals(pod: JsonObject, found: Originals): JsonObject {
  const metadata = objectOf(pod.metadata);
  const annotations = objectOf(metadata.annotations);
  const originals = renderOriginals(new Map([...originalsOf(pod), ...found]));
  return {
    ...pod,
    metadata: { ...metadata, annotations: { ...annotations, [originalAnnotation]: originals } },
  };
}
