import type { Namespace } from '../admission/inject-review.ts';
import { isObject, type JsonObject } from '../admission/json.ts';
import { findHolder, type PodHolder, valueAt } from '../admission/pod-holders.ts';
import { readTexts } from '../admission/texts.ts';
import { namespaceLabel, revisionLabel } from '../decision/names.ts';
import { describeObject } from './describe-object.ts';
import type { ManifestDocument } from './documents.ts';

/** One object of a file: a document, or an item of a list. `where` names it for a person. */
export type ManifestObject = { readonly where: string } & (
  | { readonly kind: 'pod'; readonly pod: FoundPod }
  | {
      readonly kind: 'namespace';
      readonly name: string;
      readonly namespace: Namespace;
      readonly place: Place;
    }
  | { readonly kind: 'other'; readonly json: unknown }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
);

/** What can be changed, and where it stands. */
export interface Place {
  readonly document: ManifestDocument;
  /** Of the document: fields and indices down to it. */
  readonly path: readonly (string | number)[];
  readonly json: JsonObject;
}

/** A pod, or a template of pods. */
export interface FoundPod extends Place {
  /** The object that holds it, which is the pod itself where that is one. */
  readonly holder: JsonObject;
  /** The object that holds it, such as `Deployment/web`, and its place. */
  readonly object: string;
  readonly at: string;
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
      const description = describeObject(json, item.kind);
      const where = `${item.where}${description}`;
      const kind = isObject(json) ? (json.kind ?? item.kind) : undefined;
      if (!isObject(json) || typeof kind !== 'string') return [{ kind: 'other', where, json }];
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
      if (kind === 'Namespace') {
        return [{ where, ...readNamespace({ document, path: item.path, json }) }];
      }
      const holder = findHolder(apiVersion, kind, holders);
      if (holder === undefined) return [{ kind: 'other', where, json }];
      const pod = valueAt(json, holder.path);
      if (!isObject(pod)) {
        const problem = `${holder.path.join('.')}: expected an object, the template of its pods: write it`;
        return [{ kind: 'invalid', where, problems: [problem] }];
      }
      const namespace = valueAt(json, ['metadata', 'namespace']) ?? undefined;
      if (namespace !== undefined && typeof namespace !== 'string') {
        const problem = `metadata.namespace: ${JSON.stringify(namespace)} is not valid: expected a string`;
        return [{ kind: 'invalid', where, problems: [problem] }];
      }
      const path = [...item.path, ...holder.path];
      return [
        {
          kind: 'pod',
          where,
          pod: {
            document,
            path,
            json: pod,
            holder: json,
            object: description.slice(2),
            at: item.where,
            namespace,
          },
        },
      ];
    };
    return unfold(document.json, { path: [], where: document.where });
  });
}

type ReadNamespace =
  | {
      readonly kind: 'namespace';
      readonly name: string;
      readonly namespace: Namespace;
      readonly place: Place;
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

function readNamespace(place: Place): ReadNamespace {
  const { json } = place;
  const name = valueAt(json, ['metadata', 'name']);
  const labels = readTexts(valueAt(json, ['metadata', 'labels']), 'metadata.labels');
  const annotations = readTexts(valueAt(json, ['metadata', 'annotations']), 'metadata.annotations');
  if (typeof name === 'string' && labels.ok && annotations.ok) {
    const namespace = {
      label: labels.texts[namespaceLabel],
      revision: labels.texts[revisionLabel],
      labels: labels.texts,
      annotations: annotations.texts,
    };
    return { kind: 'namespace', name, namespace, place };
  }
  const problems = [labels, annotations].flatMap((texts) => (texts.ok ? [] : texts.problems));
  if (typeof name !== 'string') problems.unshift('metadata.name: expected a string');
  return { kind: 'invalid', problems };
}
