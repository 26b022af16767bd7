import { once } from 'node:events';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import express from 'express';
import { listen, untilUnused } from '../../../webhook/server/listen.ts';
import { authority, serve } from '../certificates/issued.ts';
import { pod } from '../pods.ts';
import { paths, type Running, reviewOf, run } from './server.ts';

const patience = { handshake: 200, silence: 3000, request: 400, interval: 50 };

/** How long the other side keeps the connection, in milliseconds. */
async function timeToEnd(socket: TLSSocket): Promise<number> {
  const started = performance.now();
  // Being cut off may be an error to who is still writing: `once` would take it for one of the test.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.resume();
  await closed;
  return performance.now() - started;
}

describe('listening', () => {
  let server: Running;
  before(async () => {
    server = await run({}, patience);
  });
  after(() => server.stop());

  afterEach(async () => {
    const reply = await server.send(paths.enabledNamespace, { body: reviewOf(pod()) });
    expect(reply.status, 'the next good request').to.equal(200);
  });

  it('cuts off a client that sends nothing', async () => {
    expect(await timeToEnd(await server.open())).to.be.within(2000, 15_000);
  }).timeout(20_000);

  it('keeps a connection that has not been used yet for as long as one that has: the API server opens such', async () => {
    const socket = await server.open();
    await setTimeout(1000);
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [head] = await once(socket, 'data');
    expect(`${head}`).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    socket.destroy();
  });

  it('cuts off a client that never ends its headers', async () => {
    const socket = await server.open();
    socket.write('POST /mutate/enabled-namespace HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const drip = setInterval(() => socket.write('x'), 20);
    const time = await timeToEnd(socket).finally(() => clearInterval(drip));
    expect(time).to.be.within(200, 2000);
  });

  it('counts the time of a request from its own beginning, on a connection that had others', async () => {
    const socket = await server.open();
    for (let request = 0; request < 3; request++) {
      await setTimeout(300);
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const [head] = await once(socket, 'data');
      expect(`${head}`).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    }
    socket.write('GET /healthz HTTP/1.1\r\n');
    expect(await timeToEnd(socket)).to.be.within(200, 2000);
  });

  it('cuts off a client that never ends its body, however steadily it sends', async () => {
    const socket = await server.open();
    socket.on('error', () => undefined);
    socket.write(
      `POST ${paths.enabledNamespace} HTTP/1.1\r\nHost: localhost\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{',
    );
    const drip = setInterval(() => socket.write(' '), 20);
    const time = await timeToEnd(socket).finally(() => clearInterval(drip));
    expect(time).to.be.within(200, 3000);
  });

  it('outlives a client that goes away in the middle of its body', async () => {
    const socket = await server.open();
    socket.write(
      `POST ${paths.enabledNamespace} HTTP/1.1\r\nHost: localhost\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"apiVersion":',
    );
    socket.destroy();
    await once(socket, 'close');
  });

  it('cuts off a client that never begins the TLS handshake', async () => {
    const socket = connectPlain(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const started = performance.now();
    socket.resume();
    await once(socket, 'close');
    expect(performance.now() - started).to.be.within(100, 3000);
  });

  it('outlives a client that speaks plain HTTP', async () => {
    const socket = connectPlain(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`takes ${version}`, async () => {
      const options = { ca: server.ca, servername: 'localhost', minVersion: version, maxVersion: version };
      const socket = connect({ host: '127.0.0.1', port: server.port, ...options });
      await once(socket, 'secureConnect');
      expect(socket.getProtocol()).to.equal(version);
      socket.destroy();
    });
  }

  it('takes nothing older', async () => {
    const options = {
      ca: server.ca,
      servername: 'localhost',
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    } as const;
    const socket = connect({
      host: '127.0.0.1',
      port: server.port,
      ciphers: 'DEFAULT@SECLEVEL=0',
      ...options,
    });
    const [error] = await once(socket, 'error');
    expect(error).to.have.property('code', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });

  it('ends once nobody is connected any more, or the time is over', async () => {
    const [issuer, now] = [authority(new Date()), new Date()];
    const unused = await listen(express(), serve(issuer, now), 0);
    const { port } = unused.address() as AddressInfo;
    const open = async (): Promise<TLSSocket> => {
      const socket = connect({ host: '127.0.0.1', port, ca: issuer.certificate, servername: 'localhost' });
      await once(socket, 'secureConnect');
      return socket;
    };
    const timeOf = async (work: Promise<void>): Promise<number> => {
      const started = performance.now();
      await work;
      return performance.now() - started;
    };
    expect(await timeOf(untilUnused(unused, 10_000))).to.be.below(2000);
    const kept = await open();
    expect(await timeOf(untilUnused(unused, 500))).to.be.within(500, 3000);
    const untilLetGo = timeOf(untilUnused(unused, 20_000));
    await setTimeout(500);
    kept.destroy();
    expect(await untilLetGo).to.be.within(500, 5000);
    unused.close();
  }).timeout(20_000);

  it('fails where the port is taken', async () => {
    const failure = await listen(express(), serve(authority()), server.port).catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'EADDRINUSE');
  });
});
