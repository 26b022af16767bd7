import { createServer, type Server } from 'node:https';
import type { Express } from 'express';
import type { CertificateBundle } from '../certificates/bundle.ts';

/** Serves the app over TLS; settles once the port is bound. Slow or idle clients are cut off. */
export async function listen(app: Express, bundle: CertificateBundle, port: number): Promise<Server> {
  const server = createServer({ cert: bundle.certificate, key: bundle.key, minVersion: 'TLSv1.2' }, app);
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  // Longer than the 90 s for which the API server keeps an idle connection, so that it never writes to a closed one.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}
