import { type Explanation, explainPod } from '../admission/explain-pod.ts';
import type { Injector, Namespace } from '../admission/inject-review.ts';
import { isObject, type JsonObject } from '../admission/json.ts';
import { type PodHolder, valueAt } from '../admission/pod-holders.ts';
import { proxyContainer } from '../injection/names.ts';
import { parseDocuments } from './documents.ts';
import { findObjects } from './find-pods.ts';
import { podOf } from './inject-text.ts';
import { namespacesOf } from './namespaces.ts';

export interface CheckInput {
  readonly injector: Injector;
  readonly holders: readonly PodHolder[];
  /** Namespace of the objects that name none. */
  readonly namespace: string;
  /** Label of the namespaces that the file does not hold. */
  readonly namespaceLabel: string | undefined;
  /** What a pod tells of the webhook that injected it. */
  readonly present?: (pod: JsonObject) => Partial<Injector>;
}

/** What would become of a pod, or of the pods of a template. */
export interface Checked {
  /** The place in the file; `undefined` where it is not of a file. */
  readonly where?: string;
  /** Such as `Deployment/web`. */
  readonly object: string;
  readonly namespace: {
    readonly name: string;
    readonly label: string | undefined;
    /** `assumed`: it is not in the file. */
    readonly known: 'read' | 'assumed';
  };
  /** What the pod or the template has now; `outdated`: not as it would be injected. */
  readonly proxy: 'present' | 'outdated' | 'absent';
  readonly explanation: Explanation;
}

export type CheckedText =
  | { readonly ok: true; readonly checked: readonly Checked[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Explains for every pod and template of a file what the webhook would do with it. All problems come at once. */
export function checkText(text: string, input: CheckInput): CheckedText {
  const { documents, problems: unread } = parseDocuments(text);
  const objects = findObjects(documents, input.holders);
  const namespaces = namespacesOf(objects);
  const { revision } = input.injector;
  const otherwise: Namespace = { label: input.namespaceLabel, revision, annotations: {} };
  const problems = [...unread];
  const checked: Checked[] = [];
  for (const one of objects) {
    if (one.kind === 'invalid') problems.push(...one.problems.map((problem) => `${one.where}: ${problem}`));
    if (one.kind !== 'pod') continue;
    const { object, json, namespace: name = input.namespace, at } = one.pod;
    const found = namespaces.get(name);
    const injector = { ...input.injector, ...input.present?.(json) };
    const explained = explainPod(podOf(json), { name, namespace: found ?? otherwise }, injector);
    if (explained.ok) {
      const { label } = found ?? otherwise;
      const { explanation } = explained;
      checked.push({
        where: at,
        object,
        namespace: { name, label, known: found === undefined ? 'assumed' : 'read' },
        proxy: !carriesProxy(json) ? 'absent' : explanation.patched ? 'outdated' : 'present',
        explanation,
      });
    } else problems.push(...explained.problems.map((problem) => `${one.where}: ${problem}`));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, checked };
}

function carriesProxy(pod: JsonObject): boolean {
  const containers = valueAt(pod, ['spec', 'initContainers']);
  return Array.isArray(containers) && containers.some((one) => isObject(one) && one.name === proxyContainer);
}
