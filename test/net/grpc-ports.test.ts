import { expect } from 'chai';
import type { Host } from './host.ts';
import { createHttpPod, type HttpPod, run } from './http-pod.ts';

const [grpcPort, eitherPort] = [9000, 9001];

describe('a port on which gRPC is declared, behind the real Envoy and the real rules', () => {
  let pod: HttpPod;

  before(async function () {
    this.timeout(60_000);
    pod = await createHttpPod({ [grpcPort]: 'grpc', [eitherPort]: 'auto' });
    await pod.start('grpc-app.ts', grpcPort);
    await pod.start('grpc-app.ts', eitherPort);
  });

  after(() => pod?.close());

  const call = async (from: Host, port: number): Promise<unknown> =>
    JSON.parse(await run(from, 'grpc-client.ts', [`${pod.pod.addresses.ipv4}:${port}`]));

  for (const [declared, port] of [
    ['grpc', grpcPort],
    ['auto', eitherPort],
  ] as const) {
    it(`carries calls to a port of ${declared}: deadlines, metadata, streams, trailers, and why a call failed`, async () => {
      const before = await pod.connections('InboundPassthroughHttpCluster');
      const proxied = await call(pod.peer, port);
      expect(proxied).to.deep.equal({
        answer: { request: 'hello', metadata: ['yes'], minutes: 60 },
        each: [true, true, true],
        end: { code: 0, trailer: ['whole'] },
        failure: { code: 9, details: 'never, ever: é', why: [[0, 1, 255]] },
        many: { received: ['1 hello', '2 hello', '3 hello'], code: 0, trailer: ['whole'] },
        joined: 'a b c',
        late: { code: 4, ended: 'cancelled' },
      });
      expect(await pod.connections('InboundPassthroughHttpCluster')).to.equal(before + 1);
      expect(proxied).to.deep.equal(await call(pod.pod, port));
    });
  }
});
