import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { type ClientPolicy, findRefusal, type Presented, type Refusal } from '../certificates/client.ts';
import type { ClientMetrics } from './client-metrics.ts';

/** Lets requests through whose client is known. */
export interface KnownClients {
  readonly only: RequestHandler;
  /** Who connects is judged by the handshake, once: from the first connection on. */
  watch(server: Server): void;
  /** Other CAs are in force: who was judged by those before is let go of with the next answer. */
  renewed(): void;
}

export interface KnownClientsInput {
  readonly names: ClientPolicy['names'];
  readonly metrics: Pick<ClientMetrics, 'observeRefusal'>;
  readonly log: Logger;
  /** Milliseconds that only grow. */
  now(): number;
}

/** A client that is refused may ask again and again: one line of the log for each reason in this time, in milliseconds. */
const repetition = 60_000;

/** A handshake may have begun before other CAs were in force, and end after; in milliseconds. */
const longestHandshake = 5_000;

const remedies: Readonly<Record<Refusal['reason'], string>> = {
  'no-certificate':
    'show a client certificate: the API server does with an AdmissionConfiguration (--admission-control-config-file)',
  'not-trusted': 'the client certificate is of no CA in the file of --client-ca-file, or not valid now',
  'name-not-allowed': "the client certificate's common name is none of --client-allowed-name",
};

export function knowClients({ names, metrics, log, now }: KnownClientsInput): KnownClients {
  const clients = new WeakMap<object, Client>();
  let renewedAt = Number.NEGATIVE_INFINITY;
  const told = new Map<Refusal['reason'], { readonly at: number; unsaid: number }>();

  const tell = (refusal: Refusal, address: string | undefined): void => {
    metrics.observeRefusal(refusal.reason);
    const last = told.get(refusal.reason);
    if (last && now() - last.at < repetition) {
      last.unsaid += 1;
      return;
    }
    told.set(refusal.reason, { at: now(), unsaid: 0 });
    log.warn({ ...refusal, address, unsaid: last?.unsaid ?? 0 }, 'client refused');
  };

  return {
    watch(server) {
      server.on('secureConnection', (socket) => {
        clients.set(socket, { since: now(), refusal: findRefusal(presentedBy(socket), { names }) });
      });
    },
    renewed() {
      renewedAt = now();
    },
    only(request, response, next) {
      const { since, refusal } = clients.get(request.socket) ?? stranger;
      // Whoever is refused, or was judged by CAs before, is judged anew when it connects again. It is told to, and not
      // cut off: it may be writing the next review just now.
      if (refusal !== undefined || since < renewedAt + longestHandshake) response.set('connection', 'close');
      if (refusal === undefined) return next();
      tell(refusal, request.socket.remoteAddress);
      // Of an answer in plain text the API server shows the text to who wanted the pod.
      response.status(403).type('text/plain').send(`outrider: client refused: ${remedies[refusal.reason]}`);
    },
  };
}

/** Who is at the other end of a connection, as its handshake told. */
interface Client {
  readonly since: number;
  readonly refusal: Refusal | undefined;
}

const stranger: Client = { since: Number.NEGATIVE_INFINITY, refusal: { reason: 'no-certificate' } };

function presentedBy(socket: TLSSocket): Presented {
  const certificate = socket.getPeerCertificate();
  return {
    commonName: certificate.subject?.CN,
    certified: certificate.raw !== undefined,
    flaw: socket.authorized ? undefined : String(socket.authorizationError),
  };
}
