import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { port } from '../../settings/port.ts';
import { until } from '../cluster/polling.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { buildExecutable, runInit } from './executable.ts';
import { createPair, type Pair } from './pair.ts';
import { connect, startServer } from './traffic.ts';

/** The one that each family's test opens and closes, and one that stays open. */
const [tested, open] = [port(8080), port(9090)];
const index = { ipv4: 0, ipv6: 1, open: 2, slow: 3 } as const;
const slow = { ipv4: port(8084), period: 60 } as const;

describe('TCP probes that the proxy answers', () => {
  let pair: Pair;
  let envoy: Envoy;

  before(async () => {
    await buildExecutable();
    pair = await createPair();
    const { ipv4, ipv6 } = pair.pod.addresses;
    const often = { periodSeconds: 1, timeoutSeconds: 1 };
    const probes = [
      { address: ipv4, port: tested, ...often },
      { address: ipv6, port: tested, ...often },
      { address: ipv4, port: open, ...often },
      { address: ipv4, port: slow.ipv4, periodSeconds: slow.period, timeoutSeconds: 1 },
    ];
    const ports = { outboundPort: port(15001), inboundPort: port(15006) };
    const init = await runInit(pair.pod, ['apply']);
    expect(init.exitCode, init.stderr).to.equal(0);
    await startServer(pair.pod, [open], { uid: 1000 });
    envoy = await startEnvoy(pair.pod, (adminSocket) =>
      renderBootstrap({ ...ports, families: ['ipv4', 'ipv6'], adminSocket, probes }),
    );
  });

  after(async () => {
    await envoy?.stop();
    await pair?.close();
  });

  /** The status that the kubelet gets, from outside the pod. */
  const ask = async (path: string, address: string = pair.pod.addresses.ipv4): Promise<number> => {
    const host = address.includes(':') ? `[${address}]` : address;
    const options = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--path-as-is'];
    const { stdout } = await pair.peer.exec('curl', [...options, `http://${host}:15020${path}`]);
    return Number(stdout);
  };
  const comesTo = (status: number, which: keyof typeof index, address?: string): Promise<void> =>
    until(async () => (await ask(`/probe/${index[which]}`, address)) === status, AbortSignal.timeout(20_000));
  const attempts = async (which: keyof typeof index, number: number): Promise<number> => {
    const name = `envoy_cluster_health_check_attempt{envoy_cluster_name="probe|${index[which]}|${number}"}`;
    return (await envoy.metrics()).get(name) ?? 0;
  };

  for (const family of ['ipv4', 'ipv6'] as const) {
    it(`tell over ${family} that the application is there, is dead, and is back`, async () => {
      const address = pair.pod.addresses[family];
      expect(await ask(`/probe/${index[family]}`, address)).to.equal(503);
      for (const time of ['first', 'second']) {
        const application = await startServer(pair.pod, [tested], { uid: 1000 });
        await comesTo(200, family, address);
        expect(await connect(pair.peer, { address, port: tested }), time).to.have.property(
          'program',
          'server',
        );
        await application.stop();
        await comesTo(503, family, address);
      }
    });

    it(`are needed over ${family}: a connection to a dead port is accepted, and then closed`, async () => {
      const address = pair.pod.addresses[family];
      const answer = await connect(pair.peer, { address, port: port(8089) });
      expect(answer).to.have.property('program', 'none');
      expect(answer).not.to.have.property('error', 'ECONNREFUSED');
    });
  }

  it('see an application that starts within two seconds, and then ask in their own period', async () => {
    const before = await attempts('slow', slow.ipv4);
    await sleep(2500);
    expect((await attempts('slow', slow.ipv4)) - before).to.be.within(1, 4);
    const application = await startServer(pair.pod, [slow.ipv4], { uid: 1000 });
    await comesTo(200, 'slow');
    const counted = await attempts('slow', slow.ipv4);
    await sleep(2500);
    expect(await attempts('slow', slow.ipv4)).to.equal(counted);
    await application.stop();
  });

  it('are nothing but what they are: every other path is unknown, and nothing else is told', async () => {
    expect(await ask(`/probe/${index.open}`)).to.equal(200);
    for (const path of [
      '/',
      '/probe',
      '/probe/',
      '/probe/4',
      '/probe/00',
      '/probe/2/',
      '/probe/2?x=1',
      '/ready',
    ]) {
      expect(await ask(path), path).to.equal(404);
    }
  });
});
