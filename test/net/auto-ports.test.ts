import { expect } from 'chai';
import { createHttpPod, type HttpPod, run } from './http-pod.ts';
import { connect, startServer } from './traffic.ts';

const [rawPort, appPort, http2Port, bytesPort] = [8080, 8081, 8082, 9000];
const [http, bytes] = ['InboundPassthroughHttpCluster', 'InboundPassthroughCluster'];

describe('a port that is declared auto, behind the real Envoy and the real rules', () => {
  let pod: HttpPod;

  before(async function () {
    this.timeout(60_000);
    pod = await createHttpPod({
      [rawPort]: 'auto',
      [appPort]: 'auto',
      [http2Port]: 'auto',
      [bytesPort]: 'auto',
    });
    await pod.start('raw-app.ts', rawPort);
    await pod.start('http-app.ts', appPort);
    await pod.start('http2-app.ts', http2Port);
    await startServer(pod.pod, [bytesPort]);
  });

  after(() => pod?.close());

  const own = (): string => pod.pod.addresses.ipv4;
  /** Connections that were made by each of the clusters during `action`, and the milliseconds that it took. */
  async function watch(action: () => Promise<unknown>) {
    const count = async () => [await pod.connections(http), await pod.connections(bytes)];
    const [parsed = 0, carried = 0] = await count();
    const started = performance.now();
    await action();
    const milliseconds = performance.now() - started;
    const [parsedAfter = 0, carriedAfter = 0] = await count();
    return { parsed: parsedAfter - parsed, carried: carriedAfter - carried, milliseconds };
  }

  for (const [flag, at] of [
    ['--http1.0', appPort],
    ['--http1.1', appPort],
    ['--http2-prior-knowledge', http2Port],
  ] as const) {
    it(`parses what curl ${flag} sends`, async () => {
      const seen = await watch(async () => {
        const args = ['-s', '-o', '/dev/null', '-w', '%{http_code}', flag, `http://${own()}:${at}/`];
        expect((await pod.peer.exec('curl', args)).stdout).to.equal('200');
      });
      expect(seen).to.include({ parsed: 1, carried: 0 });
    });
  }

  for (const [what, text] of [
    ['begins with bytes that no HTTP begins with', '\u0000\u0001\u0016\u0003END'],
    ['looks like HTTP for a word', 'GET key END\r\n'],
    ['is a command of Redis', '*1\r\n$3\r\nEND\r\n'],
  ] as const) {
    it(`carries as bytes what ${what}`, async () => {
      const seen = await watch(async () => {
        const answer = await run(pod.peer, 'exchange.ts', [own(), `${rawPort}`], text);
        expect(answer).to.match(/^HTTP\/1.1 200 Fine By Me\r\n(.|\r\n)*FIN$/);
      });
      expect(seen).to.include({ parsed: 0, carried: 1 });
    });
  }

  it('waits a second for the client, and carries as bytes what a server says first', async () => {
    const seen = await watch(async () => {
      const answer = await connect(pod.peer, { address: own(), port: bytesPort });
      expect(answer).to.deep.include({ program: 'server', local: { address: own(), port: bytesPort } });
    });
    expect(seen).to.include({ parsed: 0, carried: 1 });
    expect(seen.milliseconds).to.be.above(1000);
  });
});
