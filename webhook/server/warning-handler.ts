import type { RequestHandler } from 'express';
import type { Namespace } from '../admission/inject-review.ts';
import { allowed, renderReview } from '../admission/response.ts';
import { type AdmissionRequest, parseReview } from '../admission/review.ts';
import { reviewDefaults } from '../admission/review-defaults.ts';
import { reviewWorkload } from '../admission/review-workload.ts';
import type { AppInput } from './app.ts';

/** As for pods: one path for each selector, and being called on it tells what the namespace's label says. */
export const warningPaths = {
  /** Workloads in namespaces labelled `outrider.io/injection=enabled`. */
  enabledNamespace: '/warn/enabled-namespace',
  /** Workloads elsewhere, but not in namespaces labelled `disabled`, whose pods are labelled `outrider.io/inject=true`. */
  labelledPods: '/warn/labelled-pods',
  /** The ConfigMap, and namespaces: both give defaults to pods. */
  defaults: '/warn/defaults',
} as const;

type Advisor = (request: AdmissionRequest) => readonly string[] | Promise<readonly string[]>;

/** Warns who writes a workload of what its pods will be told. */
export function workloadAdvisor(
  { injector, namespaces, metrics }: AppInput,
  label: Namespace['label'],
): Advisor {
  return async (request) => {
    const found = await namespaces(request.namespace);
    if (found === undefined) return [];
    const own = injector();
    const verdict = reviewWorkload(request, { ...found, label, revision: own.revision }, own);
    metrics.observeWorkload(verdict);
    return verdict.warnings ?? [];
  };
}

/** Warns who writes the defaults of pods of what is wrong with them. */
export function defaultsAdvisor({ injector }: AppInput): Advisor {
  return (request) => reviewDefaults(request, injector());
}

/** Answers reviews with warnings, and never with a refusal, whatever happens. */
export function warningHandler(log: AppInput['log'], advise: Advisor): RequestHandler {
  const adviseSafely = async (request: AdmissionRequest): Promise<readonly string[]> => {
    try {
      return await advise(request);
    } catch (error) {
      log.error({ err: error, uid: request.uid, namespace: request.namespace }, 'no warning: review failed');
      return [];
    }
  };

  return async ({ body }, response) => {
    const parsed = parseReview(body instanceof Uint8Array ? body : new Uint8Array());
    if (parsed.kind === 'invalid') {
      if (parsed.uid === undefined) response.status(400).json({ error: parsed.problem });
      else response.json(renderReview(parsed.uid, allowed()));
      return;
    }
    const { uid, namespace } = parsed.request;
    const warnings = await adviseSafely(parsed.request);
    response.json(renderReview(uid, allowed(), warnings));
    log.info({ uid, namespace, warnings: warnings.length }, 'warned where needed');
  };
}
