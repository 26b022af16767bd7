import type { RequestHandler } from 'express';
import type { Namespace, Verdict } from '../admission/inject-review.ts';
import { allowed, renderReview } from '../admission/response.ts';
import { type AdmissionRequest, parseReview } from '../admission/review.ts';
import { reviewWorkload } from '../admission/review-workload.ts';
import type { AppInput } from './app.ts';

/** As for pods: one path for each selector, and being called on it tells what the namespace's label says. */
export const workloadPaths = {
  /** Workloads in namespaces labelled `outrider.io/injection=enabled`. */
  enabledNamespace: '/warn/enabled-namespace',
  /** Workloads elsewhere, but not in namespaces labelled `disabled`, whose pods are labelled `outrider.io/inject=true`. */
  labelledPods: '/warn/labelled-pods',
} as const;

/** Answers reviews of workloads with warnings, and never with a refusal, whatever happens. */
export function workloadHandler(
  { injector, namespaces, metrics, log }: AppInput,
  label: Namespace['label'],
): RequestHandler {
  const judge = async (request: AdmissionRequest): Promise<Verdict> => {
    const { uid, namespace } = request;
    try {
      const found = await namespaces(namespace);
      if (found !== undefined) return reviewWorkload(request, { ...found, label }, injector());
      return { answer: allowed(), decision: 'error', reason: 'namespace-unknown' };
    } catch (error) {
      log.error({ err: error, uid, namespace }, 'review of a workload failed');
      return { answer: allowed(), decision: 'error', reason: 'internal' };
    }
  };

  return async ({ body }, response) => {
    const parsed = parseReview(body instanceof Uint8Array ? body : new Uint8Array());
    if (parsed.kind === 'invalid') {
      metrics.observeWorkload({ decision: 'error', reason: 'malformed-review' });
      if (parsed.uid === undefined) response.status(400).json({ error: parsed.problem });
      else response.json(renderReview(parsed.uid, allowed()));
      return;
    }
    const { uid, namespace } = parsed.request;
    const { answer, decision, reason, warnings } = await judge(parsed.request);
    response.json(renderReview(uid, answer, warnings));
    metrics.observeWorkload({ decision, reason });
    log.info({ uid, namespace, decision, reason, warnings: warnings?.length ?? 0 }, 'workload reviewed');
  };
}
