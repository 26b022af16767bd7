import { expect } from 'chai';
import { buildExecutable, runInit } from './executable.ts';
import { createPair, outside, type Pair } from './pair.ts';
import { startCapture, startServer } from './traffic.ts';
import { app, type Connection, expectVerdict, proxy, secondProxy } from './verdict.ts';

const scenarios: readonly { says: string; flags: readonly string[]; connections: readonly Connection[] }[] = [
  {
    says: 'by default',
    flags: [],
    connections: [
      { from: 'app', to: 'outside:80', goes: 'outbound' },
      { from: 'root', to: 'outside:80', goes: 'outbound' },
      { from: 'app', to: 'peer:80', goes: 'outbound' },
      { from: 'app', to: 'localhost:8080', goes: 'direct' },
      { from: 'app', to: 'pod:8080', goes: 'direct' },
      { from: 'proxy', to: 'outside:80', goes: 'direct' },
      { from: 'proxy', to: 'localhost:8080', goes: 'direct' },
      { from: 'proxy', to: 'pod:8080', goes: 'inbound' },
      { from: 'passthrough', to: 'pod:8080', goes: 'direct' },
      { from: 'peer', to: 'pod:8080', goes: 'inbound' },
      { from: 'peer', to: 'pod:15020', goes: 'direct' },
      { from: 'peer', to: 'pod:15021', goes: 'direct' },
      { from: 'peer', to: 'pod:15090', goes: 'direct' },
    ],
  },
  {
    says: 'with two users of the proxy',
    flags: ['--proxy-uid', `${proxy},${secondProxy}`],
    connections: [
      { from: 'app', to: 'outside:80', goes: 'outbound' },
      { from: 'proxy', to: 'outside:80', goes: 'direct' },
      { from: 'secondProxy', to: 'outside:80', goes: 'direct' },
      { from: 'proxy', to: 'pod:8080', goes: 'inbound' },
      { from: 'secondProxy', to: 'pod:8080', goes: 'inbound' },
    ],
  },
  {
    says: 'with excludes',
    flags: [
      ...['--exclude-outbound-cidrs', '203.0.113.0/24,2001:db8::/32'],
      ...['--exclude-outbound-ports', '82,90-95', '--exclude-inbound-ports', '8081'],
      ...['--include-outbound-ports', '82', '--include-inbound-ports', '8080-8081'],
    ],
    connections: [
      { from: 'app', to: 'outside:80', goes: 'direct' },
      { from: 'app', to: 'peer:80', goes: 'outbound' },
      { from: 'app', to: 'peer:82', goes: 'direct' },
      { from: 'app', to: 'peer:92', goes: 'direct' },
      { from: 'peer', to: 'pod:8080', goes: 'inbound' },
      { from: 'peer', to: 'pod:8081', goes: 'direct' },
    ],
  },
  {
    says: 'with includes',
    flags: [
      ...['--include-outbound-cidrs', '203.0.113.0/24,2001:db8::/32', '--include-outbound-ports', '82'],
      ...['--exclude-outbound-ports', '92', '--include-inbound-ports', '8081'],
    ],
    connections: [
      { from: 'app', to: 'outside:80', goes: 'outbound' },
      { from: 'app', to: 'outside:92', goes: 'direct' },
      { from: 'app', to: 'peer:80', goes: 'direct' },
      { from: 'app', to: 'peer:82', goes: 'outbound' },
      { from: 'peer', to: 'pod:8080', goes: 'direct' },
      { from: 'peer', to: 'pod:8081', goes: 'inbound' },
    ],
  },
  {
    says: 'with users and groups left alone, and a group of the proxy',
    flags: ['--exclude-uids', '0', '--exclude-gids', `${app}`, '--proxy-gid', `${secondProxy}`],
    connections: [
      { from: 'root', to: 'outside:80', goes: 'direct' },
      { from: 'app', to: 'outside:80', goes: 'direct' },
      { from: 'secondProxy', to: 'outside:80', goes: 'direct' },
      { from: 'secondProxy', to: 'pod:8080', goes: 'inbound' },
      { from: 'proxy', to: 'pod:8080', goes: 'inbound' },
    ],
  },
  {
    says: 'with sources left alone, and what belongs to no connection dropped',
    flags: ['--exclude-inbound-cidrs', '10.77.0.0/24,fd00:77::/64', '--drop-invalid', 'true'],
    connections: [
      { from: 'peer', to: 'pod:8080', goes: 'direct' },
      { from: 'app', to: 'outside:80', goes: 'outbound' },
      { from: 'app', to: 'pod:8080', goes: 'direct' },
    ],
  },
  {
    says: 'with what belongs to no connection dropped',
    flags: ['--drop-invalid', 'true'],
    connections: [
      { from: 'peer', to: 'pod:8080', goes: 'inbound' },
      { from: 'app', to: 'outside:80', goes: 'outbound' },
    ],
  },
  {
    says: 'with an interface left alone',
    flags: ['--exclude-interfaces', 'eth0', '--virtual-interfaces', 'eth0'],
    connections: [
      { from: 'peer', to: 'pod:8080', goes: 'direct' },
      { from: 'app', to: 'outside:80', goes: 'direct' },
      { from: 'proxy', to: 'pod:8080', goes: 'inbound' },
    ],
  },
  {
    says: 'with a guest behind an interface',
    flags: ['--virtual-interfaces', 'eth0', '--exclude-outbound-ports', '8081'],
    connections: [
      { from: 'peer', to: 'pod:8080', goes: 'outbound' },
      { from: 'peer', to: 'pod:15021', goes: 'outbound' },
      { from: 'peer', to: 'pod:8081', goes: 'direct' },
      { from: 'app', to: 'outside:80', goes: 'outbound' },
    ],
  },
  {
    says: 'out of the cage, as far as it is TCP',
    flags: ['--outbound-policy', 'blackhole'],
    connections: [
      { from: 'app', to: 'outside:80', goes: 'outbound' },
      { from: 'app', to: 'localhost:8080', goes: 'direct' },
      { from: 'peer', to: 'pod:8080', goes: 'inbound' },
    ],
  },
  {
    says: 'with everything excluded',
    flags: ['--exclude-outbound-cidrs', '*', '--exclude-inbound-ports', '*'],
    connections: [
      { from: 'app', to: 'outside:80', goes: 'direct' },
      { from: 'peer', to: 'pod:8080', goes: 'direct' },
    ],
  },
];

for (const backend of ['nft', 'legacy', 'nftables'] as const) {
  describe(`A connection, by the rules in ${backend}`, () => {
    let pair: Pair;
    before(async function () {
      this.timeout(60_000);
      await buildExecutable();
      pair = await createPair();
      await Promise.all([
        startServer(pair.peer, [80, 82, 92]),
        startServer(pair.pod, [8080, 8081, 15020, 15021, 15090], { uid: app }),
        startCapture(pair.pod, [15001, 15006], { uid: proxy }),
      ]);
    });
    after(() => pair.close());

    for (const { says, flags, connections } of scenarios) {
      describe(says, () => {
        before(() => runInit(pair.pod, ['apply', '--backend', backend, ...flags]));
        for (const family of ['ipv4', 'ipv6'] as const) {
          for (const connection of connections) {
            const { from, to, goes } = connection;
            it(`from ${from} to ${to} goes ${goes} on ${family}`, async () => {
              await expectVerdict(pair, connection, family);
            });
          }
        }
      });
    }

    it('of the other family is left alone when one family is applied', async () => {
      await runInit(pair.pod, ['cleanup']);
      await runInit(pair.pod, ['apply', '--backend', backend, '--ip-families', 'ipv6']);
      await expectVerdict(pair, { from: 'app', to: 'outside:80', goes: 'outbound' }, 'ipv6');
      await expectVerdict(pair, { from: 'app', to: 'outside:80', goes: 'direct' }, 'ipv4');
    });

    it('never escapes while the rules are replaced', async () => {
      await runInit(pair.pod, ['apply', '--backend', backend]);
      const loop = [new URL('fixtures/connection-loop.ts', import.meta.url).pathname, outside.ipv4, '80'];
      const go = pair.pod.spawn(process.execPath, loop, { uid: app });
      expect(await go.nextLine()).to.equal('ready');
      for (let round = 0; round < 20; round++) {
        const { stdout } = await runInit(pair.pod, ['apply', '--exclude-inbound-ports', `${round + 1}`]);
        expect(stdout).to.include(backend === 'nftables' ? 'inet: rules written' : 'ipv4: rules written');
      }
      go.writeLine('end');
      const { server, capture, none } = JSON.parse(await go.nextLine());
      expect({ server, none }).to.deep.equal({ server: 0, none: 0 });
      expect(capture).to.be.greaterThan(100);
    });
  });
}
