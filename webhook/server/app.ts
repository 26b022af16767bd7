import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { Logger } from 'pino';
import { denialOf, type WarningEvent } from '../admission/denial.ts';
import { type Injector, type Namespace, reviewPod, type Verdict } from '../admission/inject-review.ts';
import { judgePod } from '../admission/judge-pod.ts';
import { errored, renderReview } from '../admission/response.ts';
import { type AdmissionRequest, parseReview } from '../admission/review.ts';
import { boundBodies } from './body-budget.ts';
import type { Metrics } from './metrics.ts';
import { defaultsAdvisor, warningHandler, warningPaths, workloadAdvisor } from './warning-handler.ts';

/**
 * One path for each selector of the webhook configuration. Being called on it proves what the selector saw on the
 * namespace, so no cache of ours has to know it: no stale label turns into a skip. A pod that names no revision is sent to
 * the injector of its namespace's alone, so being called at all proves which that is.
 */
export const paths = {
  /** Namespaces labelled `outrider.io/injection=enabled`. */
  enabledNamespace: '/mutate/enabled-namespace',
  /** Pods labelled `outrider.io/inject=true` in a namespace that is labelled neither `enabled` nor `disabled`. */
  labelledPod: '/mutate/labelled-pod',
} as const;

/** The same selectors, after all mutating webhooks: for API servers that have no admission policies. */
export const backstopPaths = {
  enabledNamespace: '/validate/enabled-namespace',
  labelledPod: '/validate/labelled-pod',
} as const;

/** Looks up what a namespace says; `undefined` where there is no such namespace. */
export type NamespaceLookup = (name: string) => Promise<Omit<Namespace, 'label' | 'revision'> | undefined>;

/** The API server takes objects of up to 3 MiB (k8s.io/apiserver/pkg/server/config.go, MaxRequestBodyBytes). */
const bodyLimit = 3 * 2 ** 20;
/** Of all bodies at a time, in bytes: the container has some 200 MiB beside what the process needs. */
const bodyBudget = 64 * 2 ** 20;
const bodyType = 'application/json';

export interface AppInput {
  /** Asked at each review: the configuration changes while the webhook runs. */
  readonly injector: () => Injector;
  readonly namespaces: NamespaceLookup;
  /** Tells a denial beside the review, to who looks for the pod later; returns at once. */
  readonly tell: (denial: WarningEvent) => void;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Lets reviews through whose client may ask for them; without it, all may. */
  readonly onlyKnown?: RequestHandler;
  /** Whether reviews can be answered: the certificate is served and every cache has synced. */
  readonly ready: () => boolean;
}

export function createApp(input: AppInput): Express {
  const { injector, namespaces, tell, metrics, log, onlyKnown, ready } = input;
  const review = (label: Namespace['label'], judge = reviewPod): RequestHandler => {
    return async (received, response) => {
      const started = performance.now();
      const { body } = received;
      const parsed = parseReview(body instanceof Uint8Array ? body : new Uint8Array());
      if (parsed.kind === 'invalid') {
        metrics.observeReview({ decision: 'error', reason: 'malformed-review' }, secondsSince(started));
        // The body of another type has not been read.
        if (received.is(bodyType) === false) response.status(415).json({ error: `expected ${bodyType}` });
        else if (parsed.uid === undefined) response.status(400).json({ error: parsed.problem });
        else send(response, renderReview(parsed.uid, errored(400, parsed.problem)));
        return;
      }
      const { request } = parsed;
      const { answer, decision, reason, warnings } = await answerRequest(request, label, judge);
      send(response, renderReview(request.uid, answer, warnings));
      metrics.observeReview({ decision, reason }, secondsSince(started));
      if (answer.kind === 'denied' && !request.dryRun) tell(denialOf(request, answer.message));
      log.info({ uid: request.uid, namespace: request.namespace, decision, reason }, 'review answered');
    };
  };

  const answerRequest = async (
    request: AdmissionRequest,
    label: Namespace['label'],
    judge: typeof reviewPod,
  ): Promise<Verdict> => {
    const { uid, namespace } = request;
    try {
      const found = await namespaces(namespace).catch((error: unknown) => {
        log.error({ err: error, uid, namespace }, 'namespace not looked up');
        return 'unanswered' as const;
      });
      if (found === 'unanswered') {
        const unknown = `outrider: nothing is known of namespace ${JSON.stringify(namespace)} yet`;
        const remedy = "try again; the webhook's log has the reason";
        const answer = errored(503, `${unknown}, and the API server does not answer the webhook: ${remedy}`);
        return { answer, decision: 'error', reason: 'namespace-unanswered' };
      }
      if (found === undefined) {
        const answer = errored(404, `outrider: there is no namespace ${JSON.stringify(namespace)}`);
        return { answer, decision: 'error', reason: 'namespace-unknown' };
      }
      const own = injector();
      return judge(request, { ...found, label, revision: own.revision }, own);
    } catch (error) {
      log.error({ err: error, uid, namespace }, 'review failed');
      const answer = errored(500, 'outrider: the review failed; the reason is in the log of the webhook');
      return { answer, decision: 'error', reason: 'internal' };
    }
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // A client that keeps its connection may send the next review just as a webhook that stops closes it: it is lost.
  app.use((_request, response, next) => {
    if (!ready()) response.set('connection', 'close');
    next();
  });
  // Of a stranger's request not even the body is read.
  const json = [
    ...(onlyKnown ? [onlyKnown] : []),
    boundBodies(bodyBudget, bodyLimit),
    express.raw({ type: bodyType, limit: bodyLimit, inflate: false }),
  ];
  app.post(paths.enabledNamespace, json, review('enabled'));
  app.post(paths.labelledPod, json, review(undefined));
  app.post(backstopPaths.enabledNamespace, json, review('enabled', judgePod));
  app.post(backstopPaths.labelledPod, json, review(undefined, judgePod));
  for (const [path, advise] of [
    [warningPaths.enabledNamespace, workloadAdvisor(input, 'enabled')],
    [warningPaths.labelledPods, workloadAdvisor(input, undefined)],
    [warningPaths.defaults, defaultsAdvisor(input)],
  ] as const) {
    app.post(path, json, warningHandler(log, advise));
  }
  app.get('/healthz', (_request, response) => void response.type('text/plain').send('ok'));
  app.get('/readyz', (_request, response) => {
    if (ready()) response.type('text/plain').send('ok');
    else
      response
        .status(503)
        .type('text/plain')
        .send('not ready: waiting for the certificate, the caches and a configuration');
  });
  app.get('/metrics', async (_request, response) => {
    response.set('content-type', metrics.contentType).send(await metrics.render());
  });
  app.use((_request, response) => void response.status(404).json({ error: 'no such path' }));
  app.use(refuse(log));
  return app;
}

/** `response.json`, for some 10 KB at a fifth less: headers and body are one text, and become bytes once. */
function send(response: Response, review: object): void {
  const text = JSON.stringify(review);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;

/** Answers what never became a review: a body too large or cut off, in an encoding that we do not take. */
function refuse(log: Logger): ErrorRequestHandler {
  return (error: { status?: number; message?: string }, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = error.status ?? 500;
    log.warn({ path: request.path, status, err: error }, 'request refused');
    response.status(status).json({ error: status < 500 ? error.message : 'internal error' });
  };
}
