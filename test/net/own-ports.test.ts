import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { port } from '../../settings/port.ts';
import { until } from '../cluster/polling.ts';
import { createCapturedPair } from './captured-pair.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import type { Pair } from './pair.ts';
import type { Program } from './program.ts';
import { fixture, startServer } from './traffic.ts';

const [probes, readiness, metrics] = [15020, 15021, 15090];
const paths = { [probes]: '/probe/0', [readiness]: '/healthz/ready', [metrics]: '/stats/prometheus' };

describe("The proxy's own ports, to whoever reaches the pod", () => {
  let pair: Pair;
  let envoy: Envoy;

  before(async () => {
    pair = await createCapturedPair();
    const { ipv4 } = pair.pod.addresses;
    await startServer(pair.pod, [8080], { uid: 1000 });
    const probe = { address: ipv4, port: port(8080), periodSeconds: 1, timeoutSeconds: 1 };
    const ports = { outboundPort: port(15001), inboundPort: port(15006) };
    const limited = { memoryLimit: 256 * 2 ** 20, probes: [probe] };
    envoy = await startEnvoy(pair.pod, (adminSocket) =>
      renderBootstrap({ ...ports, ...limited, families: ['ipv4', 'ipv6'], adminSocket }),
    );
  });
  after(async () => {
    await envoy?.stop();
    await pair?.close();
  });

  const python = (name: string, ...args: readonly (string | number)[]): Program =>
    pair.peer.spawn('/usr/bin/python3', [fixture(name), ...args.map(String)]);
  const ask = async (at: keyof typeof paths): Promise<string> => {
    const url = `http://${pair.pod.addresses.ipv4}:${at}${paths[at]}`;
    const quietly = ['-s', '-m', '5', '-o', '/dev/null'];
    return (await pair.peer.exec('curl', [...quietly, '-w', '%{http_code}', url])).stdout;
  };
  const answers = (at: keyof typeof paths): Promise<void> =>
    until(async () => (await ask(at)) === '200', AbortSignal.timeout(30_000));
  const megabytes = async (): Promise<number> => {
    const status = await readFile(`/proc/${envoy.pid}/status`, 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  };
  const openFiles = async (): Promise<number> => (await readdir(`/proc/${envoy.pid}/fd`)).length;

  it('take a crowd of thousands that says nothing, in little memory and few files, and answer again', async () => {
    await Promise.all([probes, readiness, metrics].map((at) => answers(at)));
    const before = { megabytes: await megabytes(), files: await openFiles() };
    const crowds = [probes, readiness, metrics].map((at) =>
      python('crowd.py', 'open', pair.pod.addresses.ipv4, at, 3000),
    );
    let open: readonly string[] | undefined;
    const told = Promise.all(crowds.map((crowd) => crowd.nextLine())).then((lines) => {
      open = lines;
    });
    const most = { megabytes: 0, files: 0 };
    while (open === undefined) {
      most.megabytes = Math.max(most.megabytes, await megabytes());
      most.files = Math.max(most.files, await openFiles());
      await Promise.race([told, setTimeout(50)]);
    }
    expect(Number(open[0])).to.be.at.most(512);
    expect(Number(open[1])).to.be.at.most(512);
    expect(Number(open[2])).to.be.at.most(32);
    expect(most.megabytes - before.megabytes).to.be.below(32);
    // 512, 512 and 32, and what asks for them behind.
    expect(most.files - before.files).to.be.below(1200);
    await Promise.all([probes, readiness, metrics].map((at) => answers(at)));
    await until(async () => (await openFiles()) <= before.files + 8, AbortSignal.timeout(30_000));
    await Promise.all(crowds.map((crowd) => crowd.stop()));
  });

  for (const how of ['head', 'body'] as const) {
    it(`end connections whose request never comes to the end of its ${how}`, async () => {
      const dawdlers = [probes, readiness, metrics].map((at) =>
        python('dawdle.py', how, pair.pod.addresses.ipv4, at, 20),
      );
      for (const one of dawdlers) expect(await one.nextLine()).to.equal('begun');
      for (const one of dawdlers) expect(await one.nextLine()).to.equal('0');
      await Promise.all([probes, readiness, metrics].map((at) => answers(at)));
    });
  }

  it('are rid of who leaves the answer unread, by whom nothing but metrics is held up meanwhile', async () => {
    const dawdler = python('dawdle.py', 'answer', pair.pod.addresses.ipv4, metrics, 100);
    expect(await dawdler.nextLine()).to.equal('begun');
    expect(await ask(readiness)).to.equal('200');
    expect(await ask(probes)).to.equal('200');
    await answers(metrics);
    await dawdler.stop();
  });

  it('speak HTTP/1 alone, and answer one request to a connection', async () => {
    const url = `http://${pair.pod.addresses.ipv4}:${readiness}${paths[readiness]}`;
    const later = await pair.peer.exec('curl', ['-s', '-m', '5', '--http2-prior-knowledge', url]);
    expect(later.exitCode).not.to.equal(0);
    const { stdout } = await pair.peer.exec('curl', ['-s', '-i', url]);
    expect(stdout.toLowerCase()).to.include('connection: close').and.include('live');
  });
});
