import { once } from 'node:events';
import type { Server } from 'node:https';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { pino } from 'pino';
import { type AppInput, createApp, paths } from '../../../webhook/server/app.ts';
import { listen, type Patience } from '../../../webhook/server/listen.ts';
import { createMetrics } from '../../../webhook/server/metrics.ts';
import { authority, serve } from '../certificates/issued.ts';
import { injector } from '../pods.ts';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** The real server, over TLS, and a client that trusts its CA. */
export interface Running {
  readonly port: number;
  readonly ca: string;
  readonly log: string[];
  send(
    path: string,
    options?: { method?: string; body?: string | Uint8Array; type?: string },
  ): Promise<Reply>;
  /** A TLS connection to write bytes of one's own to. */
  open(): Promise<TLSSocket>;
  stop(): Promise<void>;
}

export async function run(input: Partial<AppInput> = {}, patience?: Patience): Promise<Running> {
  const ca = authority(new Date());
  const serving = serve(ca, new Date());
  const log: string[] = [];
  const stream = new Writable({
    write(line, _encoding, done) {
      log.push(`${line}`);
      done();
    },
  });
  const app = createApp({
    injector: () => injector,
    namespaces: async () => ({ annotations: {} }),
    tell: () => undefined,
    metrics: createMetrics(),
    log: pino({ level: 'debug' }, stream),
    ready: () => true,
    ...input,
  });
  const server: Server = await listen(app, serving, 0, patience);
  const { port } = server.address() as AddressInfo;
  const trust = { host: '127.0.0.1', port, ca: ca.certificate, servername: 'localhost' };
  return {
    port,
    ca: ca.certificate,
    log,
    async send(path, { method = 'POST', body = '', type = 'application/json' } = {}) {
      const sent = request({ ...trust, path, method, headers: { 'content-type': type }, agent: false });
      sent.end(body);
      const [response] = await once(sent, 'response');
      const chunks: Uint8Array[] = await response.toArray();
      return {
        status: response.statusCode,
        type: response.headers['content-type'] ?? '',
        text: Buffer.concat(chunks).toString(),
      };
    },
    async open() {
      const socket = connect(trust);
      await once(socket, 'secureConnect');
      return socket;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const uid = '705ab4f5-6393-11e8-b7cc-42010a800002';

export function reviewOf(object: unknown, fields: object = {}): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      operation: 'CREATE',
      namespace: 'shop',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      object,
      ...fields,
    },
  });
}

export { paths };

/** The response inside of an AdmissionReview, which every answer with a uid has to be. */
export function responseOf({ status, type, text }: Reply) {
  expect(status).to.equal(200);
  expect(type).to.match(/^application\/json/);
  const { apiVersion, kind, response } = JSON.parse(text);
  expect({ apiVersion, kind, uid: response.uid }).to.deep.equal({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    uid,
  });
  return response;
}

export const patchOf = ({ patch }: { patch: string }) => JSON.parse(Buffer.from(patch, 'base64').toString());
