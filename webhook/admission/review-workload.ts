import { type Injector, type Namespace, reviewPod, type Verdict } from './inject-review.ts';
import { isObject, objectOf } from './json.ts';
import { podHolders, valueAt } from './pod-holders.ts';
import { allowed } from './response.ts';
import type { AdmissionRequest } from './review.ts';

const podKind = { group: '', version: 'v1', kind: 'Pod' };

/**
 * Tells who writes a workload what its pods will be told: a controller makes those, and nobody reads what a controller
 * is told. The answer is always `allowed`; `decision` and `reason` are those of the pods.
 */
export function reviewWorkload(request: AdmissionRequest, namespace: Namespace, injector: Injector): Verdict {
  const { group, kind } = request.kind;
  const holder = podHolders.find((one) => one.group === group && one.kind === kind && one.path.length > 0);
  if (holder === undefined) return { answer: allowed(), decision: 'error', reason: 'not-a-workload' };
  const template = valueAt(request.object, holder.path);
  // Only a ReplicationController may lack it.
  if (!isObject(template)) return { answer: allowed(), decision: 'skip', reason: 'no-template' };

  const object = { ...template, metadata: objectOf(template.metadata) };
  const pod = { ...request, operation: 'CREATE', kind: podKind, object };
  const { decision, reason, warnings = [], problems = [] } = reviewPod(pod, namespace, injector);
  const told = [...problems.map((problem) => `its pods will be refused: ${problem}`), ...warnings];
  return { answer: allowed(), decision, reason, ...(told.length > 0 && { warnings: told }) };
}
