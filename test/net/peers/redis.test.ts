import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { appUid, createTwoPods, type TwoPods } from './two-pods.ts';

const port = 6379;
/** Envoy looks for destinations without a connection each 5 s, and forgets what it finds twice. */
const quietSeconds = 12;

describe('Redis and redis-cli, through the proxies of both', () => {
  let pods: TwoPods;

  before(async function () {
    this.timeout(60_000);
    pods = await createTwoPods();
    const memoryOnly = ['--save', '', '--appendonly', 'no', '--dir', '/tmp'];
    const open = ['--port', `${port}`, '--bind', '0.0.0.0', '::', '--protected-mode', 'no'];
    await pods.serve(port, 'redis-server', [...memoryOnly, ...open]);
  });

  after(() => pods?.close());

  const cli = (family: 'ipv4' | 'ipv6' = 'ipv4'): string =>
    `redis-cli -h ${pods.server.addresses[family]} -p ${port}`;

  for (const family of ['ipv4', 'ipv6'] as const) {
    it(`store and give back over ${family}`, async () => {
      const carried = await pods.carried(async () => {
        const asked = await pods.run(`printf 'set name ${family}\\nget name\\n' | ${cli(family)}`);
        expect(asked).to.equal(`OK\n${family}\n`);
      });
      expect(carried).to.deep.equal({ out: 1, bytes: 1, http: 0 });
    });
  }

  it('take a hundred thousand commands that wait for no answer, in order', async () => {
    const commands = "seq 100000 | sed 's/.*/RPUSH queue &\\r/'";
    const told = await pods.run(`${commands} | ${cli()} --pipe`);
    expect(told.split('\n')).to.include('errors: 0, replies: 100000');
    await pods.run(`${cli()} lrange queue 0 -1 | cmp - <(seq 100000)`);
  });

  it('publish to who subscribed on a connection on which nothing was said for a while', async function () {
    this.timeout(60_000);
    const args = ['-h', pods.server.addresses.ipv4, '-p', `${port}`, 'subscribe', 'news'];
    const subscriber = pods.client.spawn('redis-cli', args, { uid: appUid });
    const three = async (): Promise<string[]> => [
      await subscriber.nextLine(),
      await subscriber.nextLine(),
      await subscriber.nextLine(),
    ];
    expect(await three()).to.deep.equal(['subscribe', 'news', '1']);
    await sleep(quietSeconds * 1000);
    expect(await pods.run(`${cli()} publish news hello`)).to.equal('1\n');
    expect(await three()).to.deep.equal(['message', 'news', 'hello']);
    await subscriber.stop();
  });
});
