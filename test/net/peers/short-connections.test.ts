import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Host } from '../host.ts';
import { fixture } from '../traffic.ts';
import { createTwoPods, type TwoPods } from './two-pods.ts';

const [port, httpPort] = [7000, 7001];

/** What fixtures/churn.py tells. */
interface Told {
  readonly cameBack: number;
  readonly lost: Readonly<Record<string, number>>;
}

const first = 16384;
const most = 65536 - first;

/** Source ports that the host has for its connections, in place of Linux's 28232. */
async function leaveSourcePorts(host: Host, count: number): Promise<void> {
  const range = `net.ipv4.ip_local_port_range=${first} ${first + count - 1}`;
  const { exitCode, stderr } = await host.exec('sysctl', ['-q', '-w', range]);
  expect(exitCode, stderr).to.equal(0);
}

describe('Short connections, through the proxies of two pods', () => {
  let pods: TwoPods;

  // What a connection keeps for a minute is gone with its pods.
  beforeEach(async () => {
    pods = await createTwoPods({ [httpPort]: 'http' });
  });
  afterEach(() => pods?.close());

  type Side = 'client' | 'server';
  const serve = (endsFirst: Side): Promise<unknown> =>
    pods.serve(port, '/usr/bin/python3', [fixture('churn.py'), 'serve', `${port}`, endsFirst]);
  const connect = async (count: number, family: 'ipv4' | 'ipv6', endsFirst: Side): Promise<Told> => {
    const to = `${pods.server.addresses[family]} ${port} ${count} ${endsFirst}`;
    return JSON.parse(await pods.run(`/usr/bin/python3 ${fixture('churn.py')} connect ${to}`));
  };

  for (const family of ['ipv4', 'ipv6'] as const) {
    for (const endsFirst of ['client', 'server'] as const) {
      it(`are carried over ${family}, ten thousand of them which the ${endsFirst} ends, and none is lost`, async function () {
        this.timeout(180_000);
        // Once half of the ports are taken, the kernel looks long for each of the others.
        await leaveSourcePorts(pods.client, most);
        await serve(endsFirst);
        const carried = await pods.carried(async () => {
          expect(await connect(10_000, family, endsFirst)).to.deep.include({ cameBack: 10_000, lost: {} });
        });
        expect(carried).to.deep.equal({ out: 10_000, bytes: 10_000, http: 0 });
      });
    }

    it(`are, over ${family}, as many as come where the server ends them, with few source ports in its pod`, async () => {
      await leaveSourcePorts(pods.server, 500);
      await serve('server');
      expect(await connect(2000, family, 'server')).to.deep.include({ cameBack: 2000, lost: {} });
    });
  }

  it('are more, over IPv4, than there are source ports in the pod of the server: a port is taken again after a second', async () => {
    await leaveSourcePorts(pods.server, 500);
    await serve('client');
    for (let round = 0; round < 4; round++) {
      expect(await connect(400, 'ipv4', 'client')).to.deep.include({ cameBack: 400, lost: {} });
      await sleep(2000);
    }
  });

  it('are, over IPv6, as many in a minute as there are source ports in the pod of the server, which its author can widen', async () => {
    await leaveSourcePorts(pods.server, 500);
    await serve('client');
    expect((await connect(700, 'ipv6', 'client')).cameBack).to.be.within(490, 500);
    await leaveSourcePorts(pods.server, 1500);
    expect(await connect(900, 'ipv6', 'client')).to.deep.include({ cameBack: 900, lost: {} });
  });

  it('are what a quiet client of a declared port has to the application: one for each of its requests', async () => {
    await leaveSourcePorts(pods.server, 10);
    await pods.serve(httpPort, process.execPath, [fixture('http-app.ts'), `${httpPort}`]);
    /** The status of each answer, in as many as came on one connection of the client's. */
    const ask = async (address: string): Promise<string[]> => {
      const url = `http://${address}:${httpPort}/[1-14]`;
      const told = await pods.run(
        `curl -sS --rate 2/s -o /dev/null -w '%{http_code} %{num_connects}\n' '${url}'`,
      );
      const answers = told.trimEnd().split('\n');
      expect(answers.map((answer) => answer.split(' ')[1])).to.deep.equal(['1', ...Array(13).fill('0')]);
      return answers.map((answer) => answer.split(' ')[0] ?? '');
    };
    expect(await ask(pods.server.addresses.ipv4)).to.deep.equal(Array(14).fill('200'));
    const overIpv6 = await ask(`[${pods.server.addresses.ipv6}]`);
    expect(overIpv6.slice(0, 10)).to.deep.equal(Array(10).fill('200'));
    expect(overIpv6.slice(10)).to.include('503');
  });

  it("take two source ports of the client's pod each: its application's, and its proxy's", async () => {
    await leaveSourcePorts(pods.client, 1000);
    await serve('client');
    expect((await connect(1000, 'ipv4', 'client')).cameBack).to.be.within(490, 500);
  });
});
