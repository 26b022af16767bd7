import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { InitError } from '../../init/init-error.ts';
import { waitForProxy } from '../../init/readiness.ts';

const path = '/healthz/ready';
const servers: Server[] = [];

/** Starts a server that is closed after the test, and gives its port. */
async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Answers with each of the statuses once, with the last one for ever. */
const statuses = (...answers: number[]): Server =>
  createHttpServer((_, response) => {
    response.statusCode = (answers.length > 1 ? answers.shift() : answers[0]) ?? 500;
    response.end();
  });

async function failure(port: number, seconds: number): Promise<string> {
  try {
    await waitForProxy({ host: '127.0.0.1', port, path }, seconds);
  } catch (error) {
    if (error instanceof InitError && error.exitCode === 7) return error.message;
    throw error;
  }
  throw new Error('the proxy was ready');
}

describe('Waiting for the proxy', () => {
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it('ends when the answer turns to 200', async () => {
    const port = await listen(statuses(503, 503, 200));
    const started = performance.now();
    await waitForProxy({ host: '127.0.0.1', port, path }, 5);
    expect(performance.now() - started).to.be.within(95, 2000);
  });

  it('fails with the last answer when the time is over, and not later', async () => {
    const port = await listen(statuses(503));
    const started = performance.now();
    const message = await failure(port, 0.2);
    expect(performance.now() - started).to.be.within(195, 2000);
    const tried = `tried GET http://127\\.0\\.0\\.1:${port}/healthz/ready \\d times in 0\\.2 s`;
    expect(message).to.match(new RegExp(`^the proxy is not ready: ${tried}; last answer: status 503$`));
  });

  it('tells that nothing listens', async () => {
    const port = await listen(statuses(200));
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await failure(port, 0.1)).to.match(/last answer: connection refused$/);
  });

  it('tells that the proxy accepts and does not answer', async () => {
    const port = await listen(createServer((socket) => socket.resume().on('error', () => socket.destroy())));
    const started = performance.now();
    expect(await failure(port, 0.1)).to.match(/last answer: no answer$/);
    expect(performance.now() - started).to.be.within(99, 200);
  });

  it('tells that what listens does not speak HTTP', async () => {
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.resume().end('220 mail\r\n');
      }),
    );
    expect(await failure(port, 0.1)).to.match(/last answer: not HTTP$/);
  });
});
