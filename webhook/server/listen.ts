import { createServer, type Server } from 'node:https';
import type { Express } from 'express';
import type { CertificateBundle } from '../certificates/bundle.ts';

/** How long a client may take, in milliseconds. */
export interface Patience {
  /** For the TLS handshake, and then for the headers of a request. */
  readonly greeting: number;
  /** For a whole request. */
  readonly request: number;
  /** How often connections are looked at: a limit can be overrun by this. */
  readonly interval: number;
}

const patience: Patience = { greeting: 5_000, request: 10_000, interval: 1_000 };

/** Serves the app over TLS; settles once the port is bound. Slow clients are cut off. */
export async function listen(
  app: Express,
  bundle: CertificateBundle,
  port: number,
  { greeting, request, interval } = patience,
): Promise<Server> {
  const options = {
    cert: bundle.certificate,
    key: bundle.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: greeting,
    // Node looks every 30 s by default, whatever the limits below are.
    connectionsCheckingInterval: interval,
  } as const;
  const server = createServer(options, app);
  server.headersTimeout = greeting;
  server.requestTimeout = request;
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
