import { type JsonObject, objectOf } from '../admission/json.ts';
import { originalAnnotation } from '../injection/names.ts';
import { pointer } from '../injection/patch.ts';
import { type Edit, editNode } from './edit.ts';
import type { FoundPod } from './find-pods.ts';
import { nodeAt } from './node-at.ts';
import { type Originals, originalsOf, renderOriginals, selectOriginals, type WayBack } from './originals.ts';
import type { Page } from './page.ts';
import { valueAtNamed } from './pointer.ts';

/** The splices that make `after` of a pod, and the pod then: it also tells what has to be remembered for the way back. */
export function editPod(
  page: Page,
  { document, path, json }: FoundPod,
  after: JsonObject,
  wayBack: WayBack | undefined,
): Pick<Edit, 'splices'> & { readonly pod: JsonObject } {
  const target = { node: nodeAt(document, path, page.shared), at: pointer(...path) };
  const leaves = (named: string): boolean =>
    valueAtNamed(wayBack?.base, named) !== undefined && valueAtNamed(wayBack?.undone, named) === undefined;
  const edit = editNode(page, target, json, after, leaves);
  const originals = wayBack === undefined ? new Map() : selectOriginals(edit.replaced, wayBack);
  if (originals.size === 0) return { ...edit, pod: after };
  const pod = withOriginals(after, originals);
  return { ...editNode(page, target, json, pod, leaves), pod };
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
