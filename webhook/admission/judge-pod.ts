import { readAnnotations } from '../decision/annotations.ts';
import { decide } from '../decision/decide.ts';
import { findLack, findMoved } from '../injection/lack.ts';
import {
  deny,
  type Injector,
  type Namespace,
  readCreatedPod,
  subjectOf,
  type Verdict,
} from './inject-review.ts';
import { allowed } from './response.ts';
import type { AdmissionRequest } from './review.ts';

/** Judges a pod after all mutating webhooks: one that should have a proxy and lacks it is denied. Pure. */
export function judgePod(request: AdmissionRequest, namespace: Namespace, injector: Injector): Verdict {
  const created = readCreatedPod(request);
  if (!created.ok) return created.verdict;
  const { pod } = created;
  const ofNamespace = readAnnotations('namespace annotation', namespace.annotations, injector.foreign);
  const { kind, reason, message } = decide(
    subjectOf(pod, { ...namespace, name: request.namespace, ofNamespace }, injector),
  );
  const moved = reason === 'host-network' ? findMoved(pod) : undefined;
  if (moved !== undefined) return deny('injected-on-host-network', [moved]);
  if (kind === 'skip') return { answer: allowed(), decision: kind, reason };
  if (kind === 'deny') return deny(reason, [message]);
  const lack = findLack(pod, injector.revision);
  return lack === undefined
    ? { answer: allowed(), decision: kind, reason: 'nothing-lacks' }
    : deny('proxy-lacks', [lack]);
}
