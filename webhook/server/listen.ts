import { constants } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Express } from 'express';
import type { Serving } from '../certificates/serving.ts';

/** How long a client may take, in milliseconds. */
export interface Patience {
  /** For the TLS handshake. */
  readonly handshake: number;
  /** Between requests, and before the first one. */
  readonly silence: number;
  /** For a request, from its first byte to its last. */
  readonly request: number;
  /** How often silent connections are looked at: the limit can be overrun by this. */
  readonly interval: number;
}

/**
 * The API server keeps an idle connection for 90 s, and opens some that it has no use for yet. It must never find one
 * closed: it may be writing a review to it at that moment, which is lost.
 */
const patience: Patience = { handshake: 5_000, silence: 120_000, request: 10_000, interval: 1_000 };

/**
 * Connections at a time; one more is closed at once. An API server opens one for each review that it waits for, of which
 * it has some hundreds at most (--max-requests-inflight); each takes about 50 KiB here.
 */
const mostConnections = 2_000;

/**
 * What connections are offered. Every one of these keeps a recorded connection secret when the key is lost later, and
 * authenticates what it encrypts; API servers have had them since before Kubernetes 1.29.
 */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  ...['ECDSA', 'RSA'].flatMap((key) =>
    ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((rest) => `ECDHE-${key}-${rest}`),
  ),
].join(':');

/** Who the server is, and who says who its clients are. */
export interface Credentials extends Pick<Serving, 'certificate' | 'key'> {
  /** CAs in PEM. Where there are some, clients are asked for a certificate; who has none of theirs connects all the same. */
  readonly clientAuthorities?: string | undefined;
}

/** Without tickets no session is taken up again: one would go on being trusted by a CA that is not in force any more. */
const contextOptions = ({ certificate, key, clientAuthorities }: Credentials) => ({
  ...({ cert: certificate, key, minVersion: 'TLSv1.2', ciphers, honorCipherOrder: true } as const),
  ...(clientAuthorities && { ca: clientAuthorities, secureOptions: constants.SSL_OP_NO_TICKET }),
});

/** Has them hold for who connects from now on; connections that are open stay as they are. */
export function replaceCredentials(server: Server, credentials: Credentials): void {
  server.setSecureContext(contextOptions(credentials));
}

/** To Node, the silence before a request and its headers are one; a connection may be silent for longer. */
function limitRequests(server: Server, milliseconds: number): void {
  const late = new WeakMap<object, NodeJS.Timeout>();
  const arrived = (socket: object): void => {
    clearTimeout(late.get(socket));
    late.delete(socket);
  };
  server.on('secureConnection', (socket) => {
    socket.on('data', () => {
      if (late.has(socket)) return;
      const timer = setTimeout(() => socket.destroy(), milliseconds);
      late.set(socket, timer);
    });
    socket.once('close', () => arrived(socket));
  });
  server.on('request', (incoming: IncomingMessage) => incoming.once('close', () => arrived(incoming.socket)));
}

/**
 * Settles once nobody is connected, or after so many milliseconds. Who keeps a connection may be writing to it just when
 * it is closed, and what is written then is lost; so those who keep one are told to let go of it with each answer.
 */
export async function untilUnused(server: Server, milliseconds: number): Promise<void> {
  const connections = promisify(server.getConnections.bind(server));
  const end = performance.now() + milliseconds;
  while (performance.now() < end && (await connections()) > 0) await pause(100);
}

/** Serves the app over TLS; settles once the port is bound. Slow clients are cut off. */
export async function listen(
  app: Express,
  credentials: Credentials,
  port: number,
  { handshake, silence, request, interval } = patience,
  connections = mostConnections,
): Promise<Server> {
  const options = {
    ...contextOptions(credentials),
    // The kubelet and Prometheus have none: whether one is needed depends on what they ask for.
    requestCert: credentials.clientAuthorities !== undefined,
    rejectUnauthorized: false,
    handshakeTimeout: handshake,
    // Node looks every 30 s by default, whatever the limits below are.
    connectionsCheckingInterval: interval,
  } as const;
  const server = createServer(options, app);
  server.maxConnections = connections;
  server.headersTimeout = silence;
  server.requestTimeout = silence;
  server.keepAliveTimeout = silence;
  limitRequests(server, request);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}
