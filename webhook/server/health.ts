import express, { type Express } from 'express';

/** What a program without an API of its own tells of itself. */
export interface HealthInput {
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  readonly alive: () => boolean;
  /** Why it is not ready; `undefined` when it is. */
  readonly problem: () => string | undefined;
}

export function createHealthApp({ metrics, alive, problem }: HealthInput): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_request, response) => {
    response
      .status(alive() ? 200 : 503)
      .type('text/plain')
      .send(alive() ? 'ok' : 'nothing has been done for minutes');
  });
  app.get('/readyz', (_request, response) => {
    const found = problem();
    response
      .status(found === undefined ? 200 : 503)
      .type('text/plain')
      .send(found === undefined ? 'ok' : `not ready: ${found}`);
  });
  app.get('/metrics', async (_request, response) => {
    response.set('content-type', metrics.contentType).send(await metrics.render());
  });
  app.use((_request, response) => void response.status(404).json({ error: 'no such path' }));
  return app;
}
