import type { Namespace } from '../admission/inject-review.ts';
import { isObject, type JsonObject } from '../admission/json.ts';
import { namespaceLabel } from '../decision/names.ts';
import { describeObject } from './describe-object.ts';
import type { ManifestDocument } from './documents.ts';
import { findHolder, type PodHolder, valueAt } from './pod-holders.ts';

/** One object of a file: a document, or an item of a list. `where` names it for a person. */
export type ManifestObject = { readonly where: string } & (
  | { readonly kind: 'pod'; readonly pod: FoundPod }
  | { readonly kind: 'namespace'; readonly name: string; readonly namespace: Namespace }
  | { readonly kind: 'other' }
  | { readonly kind: 'invalid'; readonly problem: string }
);

/** A pod, or a template of pods, and where it stands. */
export interface FoundPod {
  readonly document: ManifestDocument;
  /** Of the document: fields and indices down to the pod. */
  readonly path: readonly (string | number)[];
  readonly json: JsonObject;
  /** Named by the object; `undefined` where it names none. */
  readonly namespace: string | undefined;
}

/** Where an item of a list is, and what its list says of it. */
interface Item {
  readonly path: readonly (string | number)[];
  readonly where: string;
  readonly apiVersion?: unknown;
  readonly kind?: string | undefined;
}

/** Every object of the documents, lists unfolded, in their order. */
export function findObjects(
  documents: readonly ManifestDocument[],
  holders: readonly PodHolder[],
): ManifestObject[] {
  return documents.flatMap((document) => {
    const unfold = (json: unknown, item: Item): ManifestObject[] => {
      const where = `${item.where}${describeObject(json, item.kind)}`;
      const kind = isObject(json) ? (json.kind ?? item.kind) : undefined;
      if (!isObject(json) || typeof kind !== 'string') return [{ kind: 'other', where }];
      const apiVersion = json.apiVersion ?? item.apiVersion;
      if (kind.endsWith('List') && Array.isArray(json.items)) {
        // The items of a typed list may leave out their kind, and their version with it.
        const of = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
        return json.items.flatMap((one, index) =>
          unfold(one, {
            path: [...item.path, 'items', index],
            where: `${item.where}, items[${index}]`,
            ...of,
          }),
        );
      }
      if (kind === 'Namespace') return [{ where, ...readNamespace(json) }];
      const holder = findHolder(apiVersion, kind, holders);
      if (holder === undefined) return [{ kind: 'other', where }];
      const pod = valueAt(json, holder.path);
      if (!isObject(pod)) {
        const problem = `${holder.path.join('.')}: expected an object, the template of its pods: write it`;
        return [{ kind: 'invalid', where, problem }];
      }
      const namespace = valueAt(json, ['metadata', 'namespace']) ?? undefined;
      if (namespace !== undefined && typeof namespace !== 'string') {
        const problem = `metadata.namespace: ${JSON.stringify(namespace)} is not valid: expected a string`;
        return [{ kind: 'invalid', where, problem }];
      }
      const path = [...item.path, ...holder.path];
      return [{ kind: 'pod', where, pod: { document, path, json: pod, namespace } }];
    };
    return unfold(document.json, { path: [], where: document.where });
  });
}

type ReadNamespace =
  | { readonly kind: 'namespace'; readonly name: string; readonly namespace: Namespace }
  | { readonly kind: 'invalid'; readonly problem: string };

function readNamespace(json: JsonObject): ReadNamespace {
  const name = valueAt(json, ['metadata', 'name']);
  if (typeof name !== 'string') return { kind: 'invalid', problem: 'metadata.name: expected a string' };
  const labels = readTexts(json, 'labels');
  const annotations = readTexts(json, 'annotations');
  if (!labels.ok) return { kind: 'invalid', problem: labels.problem };
  if (!annotations.ok) return { kind: 'invalid', problem: annotations.problem };
  const namespace = { label: labels.texts[namespaceLabel], annotations: annotations.texts };
  return { kind: 'namespace', name, namespace };
}

type ReadTexts =
  | { readonly ok: true; readonly texts: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string };

function readTexts(json: JsonObject, field: 'labels' | 'annotations'): ReadTexts {
  const texts = valueAt(json, ['metadata', field]) ?? {};
  if (!isObject(texts)) return { ok: false, problem: `metadata.${field}: expected an object` };
  const [bad] = Object.entries(texts).filter(([, text]) => typeof text !== 'string');
  if (bad === undefined) return { ok: true, texts: texts as Readonly<Record<string, string>> };
  const [key, value] = bad;
  const problem = `metadata.${field}[${key}]: ${JSON.stringify(value)} is not valid: expected a string: put it in quotes`;
  return { ok: false, problem };
}
