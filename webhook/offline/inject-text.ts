import { reviewOf } from '../admission/explain-pod.ts';
import { type Injector, type Namespace, reviewPod, type Verdict } from '../admission/inject-review.ts';
import { isObject, type JsonObject } from '../admission/json.ts';
import type { PodHolder } from '../admission/pod-holders.ts';
import { applyPatch } from './apply-patch.ts';
import { inOriginalWords } from './original-words.ts';
import { originalsOf } from './originals.ts';
import { removeInjected } from './remove-injected.ts';
import type { Change, Rewritten } from './rewrite-objects.ts';
import { rewritePods } from './rewrite-pods.ts';
import { uninjectText } from './uninject-text.ts';

/** What stands in for the cluster. */
export interface InjectInput {
  readonly injector: Injector;
  readonly holders: readonly PodHolder[];
  /** Namespace of the objects that name none. */
  readonly namespace: string;
}

/** A namespace that the file does not hold. */
const nowhere: Namespace = { label: undefined, annotations: {} };

/**
 * The file with every pod and template injected as the webhook would do it. Its namespaces count as enabled, since the
 * user asks for it by name, and of the revision that is asked for; one that the file itself labels `disabled` keeps its
 * veto, and one that it labels with a revision that revision.
 */
export function injectText(text: string, input: InjectInput): Rewritten {
  const injected = rewritePods(text, input.holders, (pod, namespaces) => {
    const name = pod.namespace ?? input.namespace;
    const found = namespaces.get(name) ?? nowhere;
    const object = podOf(pod.json);
    const namespace = {
      ...found,
      label: found.label === 'disabled' ? 'disabled' : 'enabled',
      revision: found.revision ?? input.injector.revision,
    };
    return toChange(object, reviewPod(reviewOf(object, name), namespace, input.injector));
  });
  return injected.ok ? proveExact(text, injected, input.holders) : injected;
}

/** A template as the pod that is made of it: the API server gives it metadata where it has none. */
export function podOf(json: JsonObject): JsonObject {
  return { ...json, metadata: json.metadata ?? {} };
}

function toChange(object: JsonObject, verdict: Verdict): Change {
  const { answer, decision, reason, problems = [], warnings = [] } = verdict;
  const warned = warnings.map((warning) => `warning: ${warning}`);
  switch (answer.kind) {
    case 'denied':
    case 'errored':
      return { kind: 'refuse', problems: problems.length > 0 ? problems : [answer.message] };
    case 'allowed':
      return {
        kind: 'keep',
        notes: [
          decision === 'skip' ? `skipped (${reason}): unchanged` : 'injected already: unchanged',
          ...warned,
        ],
      };
    case 'patched': {
      const pod = applyPatch(object, inOriginalWords(answer.operations, object, originalsOf(object)));
      if (!isObject(pod)) throw new Error('a patch made something else of a pod');
      const wayBack = { base: removeInjected(object), undone: removeInjected(pod) };
      return { kind: 'change', json: pod, notes: ['injected', ...warned], wayBack };
    }
  }
}

/** Nothing leaves that could not be taken back: a text in a form that nobody thought of is refused, not damaged. */
function proveExact(
  text: string,
  injected: Rewritten & { ok: true },
  holders: readonly PodHolder[],
): Rewritten {
  if (injected.text === text) return injected;
  const [before, back] = [uninjectText(text, holders), uninjectText(injected.text, holders)];
  if (before.ok && back.ok && before.text === back.text) return injected;
  const problem =
    'the change could not be undone to the byte: write the documents in plain block style, without parts of an earlier injection';
  return { ok: false, problems: [problem, ...(back.ok ? [] : back.problems)] };
}
