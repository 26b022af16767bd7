import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import express, { type ErrorRequestHandler } from 'express';
import { boundBodies } from '../../../webhook/server/body-budget.ts';
import { listen } from '../../../webhook/server/listen.ts';
import { until } from '../../cluster/polling.ts';
import { authority, serve } from '../certificates/issued.ts';
import { pod } from '../pods.ts';
import { paths, type Running, reviewOf, run } from './server.ts';

const patience = { handshake: 5_000, silence: 20_000, request: 10_000, interval: 100 };
const path = paths.enabledNamespace;
const head = 'Host: localhost\r\nContent-Type: application/json\r\n';
const many = (count: number): string => Array.from({ length: count }, (_, i) => `X-${i}: x\r\n`).join('');

/** All that comes until the other side ends the connection, or so many answers have come. */
async function answersTo(socket: TLSSocket, bytes: string, count = 1): Promise<string[]> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  // Being cut off while writing is an error to who writes.
  socket.on('error', () => undefined);
  socket.write(bytes);
  const answers = (): string[] => text.split(/(?=HTTP\/1\.1 \d)/).filter((one) => one !== '');
  await until(() => socket.destroyed || answers().length >= count, AbortSignal.timeout(10_000));
  socket.destroy();
  return answers();
}

describe('what the server takes of a request', () => {
  let server: Running;
  before(async () => {
    server = await run({}, patience);
  });
  after(() => server.stop());
  afterEach(async () => {
    const reply = await server.send(path, { body: reviewOf(pod()) });
    expect(reply.status, 'the next good request').to.equal(200);
  });

  for (const [what, bytes, status] of [
    ['headers of 20 KiB', `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_480)}\r\n\r\n`, 431],
    ['three thousand headers', `GET /healthz HTTP/1.1\r\nHost: x\r\n${many(3_000)}\r\n`, 431],
    ['a path of 20 KiB', `GET /${'x'.repeat(20_480)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['a length that is none', `POST ${path} HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`, 400],
    ['two lengths', `POST ${path} HTTP/1.1\r\n${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    [
      'a length, and chunks: which of them counts is what smugglers live on',
      `POST ${path} HTTP/1.1\r\n${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'an extension of a chunk of 20 KiB',
      `POST ${path} HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_480)}\r\n{\r\n0\r\n\r\n`,
      413,
    ],
    ['HTTP/2 without being asked', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ] as const) {
    it(`is refused with ${status}: ${what}`, async () => {
      const [answer] = await answersTo(await server.open(), bytes);
      expect(answer).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
    });
  }

  it('is not a way to elsewhere: it is closed', async () => {
    const answers = await answersTo(await server.open(), 'CONNECT other:443 HTTP/1.1\r\nHost: other\r\n\r\n');
    expect(answers).to.deep.equal([]);
  });

  it('is answered in its order where several come at once', async () => {
    const get = (of: string): string => `GET ${of} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const bytes = `${get('/healthz')}${get('/none')}`.repeat(50);
    const answers = await answersTo(await server.open(), bytes, 100);
    expect(answers.map((answer) => answer.slice(9, 12))).to.deep.equal(Array(50).fill(['200', '404']).flat());
  });
});

describe('what the server agrees on with who connects', () => {
  let server: Running;
  before(async () => {
    server = await run({}, patience);
  });
  after(() => server.stop());

  const agree = async (options: ConnectionOptions): Promise<TLSSocket | { code: string }> => {
    const at = { host: '127.0.0.1', port: server.port, ca: server.ca, servername: 'localhost' };
    const socket = connect({ ...at, ...options });
    const agreed = new Promise<TLSSocket | { code: string }>((resolve) => {
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', (error) => resolve(error as Error & { code: string }));
    });
    return await agreed.finally(() => socket.destroy());
  };

  it('is HTTP/1.1, whatever else is offered', async () => {
    const agreed = await agree({ ALPNProtocols: ['h2', 'http/1.1'] });
    expect(agreed).to.have.property('alpnProtocol', 'http/1.1');
    expect(await agree({ ALPNProtocols: ['h2'] })).to.have.property(
      'code',
      'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    );
  });

  for (const cipher of ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305']) {
    it(`is of TLS 1.2 one that authenticates, with keys of each connection: ${cipher}`, async () => {
      const agreed = await agree({ maxVersion: 'TLSv1.2', ciphers: `ECDHE-ECDSA-${cipher}` });
      expect((agreed as TLSSocket).authorized).to.equal(true);
    });
  }

  for (const [what, cipher] of [
    ['CBC', 'ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384'],
    ['keys of the certificate', 'AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA'],
    ['finite fields', 'DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384'],
    ['nobody who says who it is', 'AECDH-AES128-SHA:ADH-AES128-GCM-SHA256'],
  ] as const) {
    it(`is nothing else of TLS 1.2: ${what}`, async () => {
      const refused = await agree({ maxVersion: 'TLSv1.2', ciphers: `${cipher}:@SECLEVEL=0` });
      expect(refused)
        .to.have.property('code')
        .that.matches(/HANDSHAKE_FAILURE/);
    });
  }
});

/** Express writes errors to stderr by itself. */
const quietly: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(error.status).end();
};

describe('what the server takes of all who connect', () => {
  it('is so many connections at a time: one more is closed, and those that are there go on', async () => {
    const issuer = authority(new Date());
    const app = express().get('/', (_request, response) => void response.send('here'));
    const server = await listen(app, serve(issuer, new Date()), 0, patience, 3);
    const { port } = server.address() as AddressInfo;
    const open = async (): Promise<TLSSocket | undefined> => {
      const socket = connect({ host: '127.0.0.1', port, ca: issuer.certificate, servername: 'localhost' });
      const opened = new Promise<boolean>((resolve) => {
        socket.once('secureConnect', () => resolve(true));
        socket.on('error', () => resolve(false));
        socket.once('close', () => resolve(false));
      });
      return (await opened) ? socket : undefined;
    };
    const [first, ...others] = [await open(), await open(), await open()];
    expect(await open()).to.equal(undefined);
    first?.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = await once(first as TLSSocket, 'data');
    expect(`${answer}`).to.match(/^HTTP\/1\.1 200 /);
    others[0]?.destroy();
    let again: TLSSocket | undefined;
    await until(async () => {
      again = await open();
      return again !== undefined;
    }, AbortSignal.timeout(10_000));
    for (const socket of [first, others[1], again]) socket?.destroy();
    server.close();
  });

  it('is so many bytes of bodies at a time: one more is refused, until there is room again', async () => {
    const issuer = authority(new Date());
    const app = express();
    app.post(
      '/',
      boundBodies(2_500, 1_000),
      express.raw({ limit: 1_000, type: () => true }),
      (_, response) => {
        response.send('taken');
      },
    );
    app.use(quietly);
    const server = await listen(app, serve(issuer, new Date()), 0, patience);
    const { port } = server.address() as AddressInfo;
    const open = async (): Promise<TLSSocket> => {
      const socket = connect({ host: '127.0.0.1', port, ca: issuer.certificate, servername: 'localhost' });
      await once(socket, 'secureConnect');
      return socket;
    };
    const post = (length: string): string => `POST / HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n`;
    // One that tells its length, and one that does not: it counts as the largest.
    const [told, untold] = [await open(), await open()];
    told.write(`${post('Content-Length: 1000')}x`);
    untold.write(post('Transfer-Encoding: chunked'));
    await setTimeout(300);
    const status = async (length: number): Promise<string> => {
      const [answer = ''] = await answersTo(
        await open(),
        `${post(`Content-Length: ${length}`)}${'x'.repeat(length)}`,
      );
      return answer.slice(9, 12);
    };
    expect(await status(501)).to.equal('503');
    expect(await status(500)).to.equal('200');
    // Larger than any may be: refused for that.
    told.destroy();
    await until(async () => (await status(1_000)) === '200', AbortSignal.timeout(10_000));
    expect(await status(1_001)).to.equal('413');
    untold.destroy();
    server.close();
  });
});
