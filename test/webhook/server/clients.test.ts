import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type ConnectionOptions, connect } from 'node:tls';
import { expect } from 'chai';
import { execa } from 'execa';
import { backstopPaths, paths } from '../../../webhook/server/app.ts';
import { warningPaths } from '../../../webhook/server/warning-handler.ts';
import { issueCertificate } from '../../cluster/local/certificates.ts';
import { until } from '../../cluster/polling.ts';
import { type ClientAuthority, type ClientCertificate, clientAuthority } from '../certificates/clients.ts';
import { freePort } from '../free-port.ts';
import { pod } from '../pods.ts';
import { reviewOf } from './server.ts';

const main = join(import.meta.dirname, '../../../webhook/main.ts');
const reviewPaths = [paths, backstopPaths, warningPaths].flatMap((one) => Object.values(one));

/** `outrider webhook`, which answers reviews only to `kube-apiserver` or `standby` by a CA of the file `ca.crt`. */
interface Webhook {
  /** How to connect to it, and whom to trust. */
  readonly trust: ConnectionOptions & RequestOptions;
  readonly log: readonly Record<string, unknown>[];
  /** Replaces the CAs as a mounted volume does: by a link to another file. */
  mount(text: string): Promise<void>;
  stop(): Promise<void>;
}

async function startWebhook(authorities: string): Promise<Webhook> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-test-'));
  const mounted = join(folder, 'ca.crt');
  let version = 0;
  const mount = async (text: string): Promise<void> => {
    version += 1;
    // What stands between certificates is no part of them, and makes each version another one.
    await writeFile(join(folder, `ca-${version}`), `${text}version ${version}\n`);
    await symlink(`ca-${version}`, join(folder, 'next'));
    await rename(join(folder, 'next'), mounted);
  };
  await mount(authorities);
  const port = await freePort();
  const program = execa(
    process.execPath,
    [
      ...[main, 'webhook', '--no-cluster', '--certificate-folder', join(folder, 'serving')],
      ...['--port', `${port}`],
      ...['--ip-families', 'dual', '--client-ca-file', mounted],
      ...['--client-allowed-name', 'kube-apiserver', '--client-allowed-name=standby'],
    ],
    { reject: false, buffer: false },
  );
  const log: Record<string, unknown>[] = [];
  void (async () => {
    for await (const line of program.iterable()) log.push(JSON.parse(line));
  })();
  await until(() => log.some(({ msg }) => msg === 'ready'), AbortSignal.timeout(30_000));
  const ca = await readFile(join(folder, 'serving/ca.crt'), 'utf8');
  return {
    trust: { host: '127.0.0.1', port, servername: 'localhost', ca },
    log,
    mount,
    async stop() {
      program.kill();
      await program;
      await rm(folder, { recursive: true });
    },
  };
}

describe('a webhook that answers known clients only', function () {
  this.timeout(60_000);
  let ours: ClientAuthority;
  let others: ClientAuthority;
  let webhook: Webhook;
  let known: ClientCertificate;
  const strangers: Record<string, ClientCertificate | undefined> = {};
  before(async () => {
    ours = await clientAuthority('clients');
    others = await clientAuthority('clients');
    known = await ours.issue('/CN=kube-apiserver');
    strangers['no certificate'] = undefined;
    strangers['a certificate of another CA of the same name'] = await others.issue('/CN=kube-apiserver');
    strangers['another name'] = await ours.issue('/CN=kubelet');
    strangers['two names'] = await ours.issue('/CN=kube-apiserver/CN=mallory');
    strangers['the name as an organization'] = await ours.issue('/O=kube-apiserver');
    strangers['the certificate of a server'] = await ours.issue('/CN=kube-apiserver', 'serverAuth');
    const past = { now: new Date('2020-01-01T00:00:00Z'), newSerial: () => '01' };
    const { certificate, key } = issueCertificate(ours, { user: 'kube-apiserver' }, past);
    strangers['a certificate that has expired'] = { cert: certificate, key };
    webhook = await startWebhook(ours.certificate);
  });
  after(() => webhook?.stop());

  const ask = async (path: string, options: RequestOptions = {}) => {
    const sent = request({ ...webhook.trust, agent: false, path, method: 'POST', ...options });
    sent.setHeader('content-type', 'application/json');
    sent.end(sent.method === 'POST' ? reviewOf(pod()) : undefined);
    const [response] = await once(sent, 'response');
    const text = Buffer.concat(await response.toArray()).toString();
    return { status: response.statusCode, headers: response.headers, text, reused: sent.reusedSocket };
  };
  const metrics = async (): Promise<string[]> =>
    (await ask('/metrics', { method: 'GET' })).text
      .split('\n')
      .filter((line) => line.startsWith('outrider_'));
  const refusals = async (reason: string): Promise<number> => {
    const prefix = `outrider_client_refusals_total{reason="${reason}"} `;
    return Number((await metrics()).find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? 0);
  };
  const refusedLines = () => webhook.log.filter(({ msg }) => msg === 'client refused');

  it('answers those, by any of the names', async () => {
    expect(reviewPaths).to.have.lengthOf(7);
    for (const name of ['kube-apiserver', 'standby']) {
      const { status, text } = await ask(paths.enabledNamespace, await ours.issue(`/O=Platform/CN=${name}`));
      expect(status).to.equal(200);
      expect(JSON.parse(text).response).to.include({ allowed: true, patchType: 'JSONPatch' });
    }
  });

  it('refuses all others on every path of reviews, and runs no review', async () => {
    const reviews = async () =>
      (await metrics()).filter((line) => /^outrider_(admission|workload)/.test(line));
    const before = await reviews();
    expect(before.join()).to.include('decision="inject"');
    for (const [what, stranger] of Object.entries(strangers)) {
      for (const path of reviewPaths) {
        const { status, text, headers } = await ask(path, stranger);
        expect({ status, type: headers['content-type'] }, what).to.deep.equal({
          status: 403,
          type: 'text/plain; charset=utf-8',
        });
        expect(text).to.match(/^outrider: client refused: /);
      }
    }
    expect(await reviews()).to.deep.equal(before);
    const { text } = await ask(paths.enabledNamespace);
    expect(text).to.include('--admission-control-config-file');
  });

  it('counts each, and logs one of each reason in a minute', async () => {
    const before = await refusals('not-trusted');
    for (let count = 0; count < 50; count += 1) {
      await ask(paths.enabledNamespace, strangers['a certificate of another CA of the same name']);
    }
    expect(await refusals('not-trusted')).to.equal(before + 50);
    expect(refusedLines().map(({ reason }) => reason)).to.have.members([
      'no-certificate',
      'not-trusted',
      'name-not-allowed',
    ]);
    expect(refusedLines().find(({ reason }) => reason === 'name-not-allowed')).to.include({
      level: 40,
      name: 'kubelet',
      address: '::ffff:127.0.0.1',
    });
  });

  for (const path of ['/healthz', '/readyz', '/metrics']) {
    it(`answers ${path} to all: the kubelet and Prometheus have no certificate`, async () => {
      for (const [what, stranger] of Object.entries(strangers)) {
        expect((await ask(path, { ...stranger, method: 'GET' })).status, what).to.equal(200);
      }
    });
  }

  it('refuses before it has read the body', async () => {
    const sent = request({ ...webhook.trust, agent: false, path: paths.enabledNamespace, method: 'POST' });
    sent.on('error', () => undefined);
    sent.setHeader('content-length', 1_000_000);
    sent.write('{');
    const [response] = await once(sent, 'response');
    expect(response.statusCode).to.equal(403);
    sent.destroy();
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`takes no session up again, so that every connection shows who it is: ${version}`, async () => {
      const handshake = async (session?: Buffer): Promise<Buffer | undefined> => {
        const limits = { minVersion: version, maxVersion: version } as const;
        const socket = connect({ ...webhook.trust, ...known, ...limits, ...(session && { session }) });
        let offered: Buffer | undefined;
        socket.on('session', (one: Buffer) => {
          offered = one;
        });
        await once(socket, 'secureConnect');
        expect(socket.isSessionReused()).to.equal(false);
        socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
        await once(socket, 'data');
        offered ??= socket.getSession();
        socket.destroy();
        return offered;
      };
      await handshake(await handshake());
    });
  }

  describe('while their CA is replaced', () => {
    let next: ClientCertificate;
    const taken = (): number => webhook.log.filter(({ msg }) => msg === 'CAs of clients taken').length;
    const mount = async (text: string): Promise<void> => {
      const before = taken();
      await webhook.mount(text);
      await until(() => taken() > before, AbortSignal.timeout(20_000));
    };
    before(async () => {
      next = await others.issue('/CN=kube-apiserver');
    });
    after(() => mount(ours.certificate));

    it('loses no review of who keeps a connection, and then of who has a certificate of the new one', async () => {
      const old = new Agent({ keepAlive: true, maxSockets: 2 });
      const statuses: number[] = [];
      let certificate = known;
      let agent = old;
      let stopped = false;
      const asking = (async () => {
        while (!stopped) {
          statuses.push((await ask(paths.enabledNamespace, { ...certificate, agent })).status);
          await setTimeout(10);
        }
      })();
      await mount(`${ours.certificate}${others.certificate}`);
      [certificate, agent] = [next, new Agent({ keepAlive: true })];
      await setTimeout(200);
      await mount(others.certificate);
      await setTimeout(200);
      stopped = true;
      await asking;
      expect(statuses.length).to.be.above(20);
      expect(new Set(statuses)).to.deep.equal(new Set([200]));
      expect((await ask(paths.enabledNamespace, { ...known })).status).to.equal(403);
      for (const one of [old, agent]) one.destroy();
    });

    it('answers once more on a connection of before, and ends it', async () => {
      await mount(ours.certificate);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const kept = { ...known, agent };
      // What connects just after a change may have been judged by the CAs before it.
      await until(
        async () => (await ask(paths.enabledNamespace, kept)).headers.connection === 'keep-alive',
        AbortSignal.timeout(20_000),
      );
      await mount(others.certificate);
      const last = await ask(paths.enabledNamespace, kept);
      expect([last.reused, last.status, last.headers.connection]).to.deep.equal([true, 200, 'close']);
      const after = await ask(paths.enabledNamespace, kept);
      expect([after.reused, after.status]).to.deep.equal([false, 403]);
      agent.destroy();
    });

    it('judges anew who was refused, on the connection that it keeps', async () => {
      await mount(others.certificate);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const kept = { ...known, agent };
      expect((await ask(paths.enabledNamespace, kept)).status).to.equal(403);
      await mount(ours.certificate);
      expect((await ask(paths.enabledNamespace, kept)).status).to.equal(200);
      agent.destroy();
    });

    it('goes on with those before where the file is not of use', async () => {
      await mount(ours.certificate);
      await webhook.mount('none');
      await until(
        () => webhook.log.some(({ msg }) => msg === 'CAs of clients refused'),
        AbortSignal.timeout(20_000),
      );
      expect((await ask(paths.enabledNamespace, known)).status).to.equal(200);
      expect((await ask(paths.enabledNamespace)).status).to.equal(403);
      expect(await metrics()).to.include('outrider_client_ca_loads_total{result="refused"} 1');
    });
  });
});
