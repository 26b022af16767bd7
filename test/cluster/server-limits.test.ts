import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'server-limits';

describe('the webhook behind its Service', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  let host = '';

  before(async () => {
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    const service = ['-n', 'outrider-system', 'get', 'service', 'outrider-webhook'];
    host = await kubectl(cluster(), [...service, '-o', 'jsonpath={.spec.clusterIP}']);
  });

  /** @returns the connection, or why there is none. */
  const open = async (options: ConnectionOptions = {}): Promise<TLSSocket | string> => {
    const servername = 'outrider-webhook.outrider-system.svc';
    // Whom the API server trusts is looked at elsewhere.
    const socket = connect({ host, port: 443, servername, rejectUnauthorized: false, ...options });
    return await new Promise((resolve) => {
      socket.once('secureConnect', () => resolve(socket));
      socket.on('error', (error: Error & { code?: string }) => resolve(`${error.code}`));
    });
  };
  const answerTo = async (bytes: string): Promise<string> => {
    const socket = await open();
    if (typeof socket === 'string') return socket;
    socket.write(bytes);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    return `${answer}`.split('\r\n', 1)[0] ?? '';
  };
  const expectReviewed = async (): Promise<void> => {
    const { pod, refusal } = await dryRunCreate(cluster(), namespace, podManifest({ name: 'reviewed' }));
    expect(refusal).to.equal(undefined);
    expect(pod.spec.initContainers[0].name).to.equal('outrider-proxy');
  };

  it('speaks TLS 1.2 and 1.3, with ciphers that authenticate, and HTTP/1.1', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = (await open({ minVersion: version, maxVersion: version })) as TLSSocket;
      expect(socket.getProtocol()).to.equal(version);
      socket.destroy();
    }
    const weak = { ciphers: 'DEFAULT@SECLEVEL=0', minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const;
    expect(await open(weak)).to.match(/PROTOCOL_VERSION/);
    expect(
      await open({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:AES128-GCM-SHA256' }),
    ).to.match(/HANDSHAKE_FAILURE/);
    expect(await open({ ALPNProtocols: ['h2'] })).to.match(/NO_APPLICATION_PROTOCOL/);
  });

  it('refuses headers of 20 KiB', async () => {
    const answer = await answerTo(`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_480)}\r\n\r\n`);
    expect(answer).to.equal('HTTP/1.1 431 Request Header Fields Too Large');
  });

  it('goes on answering the API server while five hundred others say nothing, or half of something', async () => {
    const others: TLSSocket[] = [];
    try {
      for (let round = 0; round < 10; round++) {
        const opened = await Promise.all(Array.from({ length: 50 }, () => open()));
        others.push(...opened.filter((one) => typeof one !== 'string'));
      }
      expect(others).to.have.lengthOf(500);
      for (const socket of others.slice(0, 250))
        socket.write('POST /mutate/enabled-namespace HTTP/1.1\r\nHost: x\r\n');
      for (let review = 0; review < 10; review++) await expectReviewed();
      // Who has begun is cut off; who has not may be a client that keeps a connection.
      const isCutOff = (): boolean => others.slice(0, 250).every((socket) => socket.closed);
      for (const socket of others) socket.resume();
      await until(isCutOff, AbortSignal.timeout(40_000));
      expect(others.slice(250).filter((socket) => socket.closed)).to.deep.equal([]);
    } finally {
      for (const socket of others) socket.destroy();
    }
    await expectReviewed();
  }).timeout(120_000);
});
