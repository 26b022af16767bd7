import { expect } from 'chai';
import { createHttpPod, type HttpPod, run } from './http-pod.ts';
import { connect, startServer } from './traffic.ts';

const [rawPort, appPort, bytesPort, undeclaredPort] = [8080, 8081, 9000, 9001];
const [http, bytes] = ['InboundPassthroughHttpCluster', 'InboundPassthroughCluster'];

describe('a port that is declared auto, behind the real Envoy and the real rules', () => {
  let pod: HttpPod;

  before(async function () {
    this.timeout(60_000);
    pod = await createHttpPod({ [rawPort]: 'auto', [appPort]: 'auto', [bytesPort]: 'auto' });
    await pod.start('raw-app.ts', rawPort);
    await pod.start('http-app.ts', appPort);
    await startServer(pod.pod, [bytesPort, undeclaredPort]);
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

  for (const flag of ['--http1.0', '--http1.1', '--http2-prior-knowledge']) {
    it(`parses what curl ${flag} sends`, async () => {
      const seen = await watch(async () => {
        const args = ['-s', '-o', '/dev/null', '-w', '%{http_code}', flag, `http://${own()}:${appPort}/`];
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
    it(`carries as bytes, at once, what ${what}`, async () => {
      const seen = await watch(async () => {
        const answer = await run(pod.peer, 'exchange.ts', [own(), `${rawPort}`], text);
        expect(answer).to.match(/^HTTP\/1.1 200 Fine By Me\r\n(.|\r\n)*FIN$/);
      });
      expect(seen).to.include({ parsed: 0, carried: 1 });
      expect(seen.milliseconds).to.be.below(900);
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

  it('holds up no port beside it', async () => {
    const { milliseconds } = await watch(async () => {
      const answer = await connect(pod.peer, { address: own(), port: undeclaredPort });
      expect(answer).to.have.property('program', 'server');
    });
    expect(milliseconds).to.be.below(900);
  });
});
