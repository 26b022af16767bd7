import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { exchange, linesOf } from '../../../webhook/cluster/exchange.ts';

describe('an exchange with the API server', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  const listen = async (made: Server): Promise<number> => {
    server = made;
    server.on('connection', (socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const failureOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: Error) => error.message,
    );

  it('gives up on a server that never begins the handshake', async () => {
    const port = await listen(createServer());
    const began = performance.now();
    const failure = await failureOf(
      exchange(new URL(`https://127.0.0.1:${port}/`), {}, { connect: 300, silence: 60_000 }),
    );
    expect(failure).to.equal('no answer within 0.3 s');
    expect(performance.now() - began).to.be.below(10_000);
  });

  it('gives up on an answer that does not come, once there is a connection', async () => {
    const port = await listen(createHttpServer());
    const url = new URL(`http://127.0.0.1:${port}/`);
    const failure = await failureOf(exchange(url, {}, { connect: 60_000, silence: 300 }));
    expect(failure).to.equal('no answer within 0.3 s');
  });

  it('gives up on a body that stops without an end, after all lines that have come', async () => {
    const port = await listen(
      createHttpServer((_request, response) => {
        const bytes = Buffer.from('first\nsécond\nnever en');
        // In the middle of a letter.
        response.write(bytes.subarray(0, 8));
        setTimeout(() => response.write(bytes.subarray(8)), 100);
      }),
    );
    const url = new URL(`http://127.0.0.1:${port}/`);
    const response = await exchange(url, {}, { connect: 60_000, silence: 500 });
    const lines: string[] = [];
    const read = async (): Promise<void> => {
      for await (const line of linesOf(response)) lines.push(line);
    };
    expect(await failureOf(read())).to.equal('no answer within 0.5 s');
    expect(lines).to.deep.equal(['first', 'sécond']);
  });
});
