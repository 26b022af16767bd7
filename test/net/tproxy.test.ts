import { expect } from 'chai';
import { buildExecutable, runInit } from './executable.ts';
import { kernelState } from './kernel-state.ts';
import { createPair, type Pair } from './pair.ts';
import { fixture, startServer, startTransparentCapture } from './traffic.ts';
import { app, type Connection, expectVerdict, proxy } from './verdict.ts';

const tproxy = ['--redirect-mode', 'tproxy', '--proxy-gid', `${proxy}`];
const rule = /^\d+:\tfrom all fwmark 0x539 lookup 133 ?$/gm;

const scenarios: readonly { says: string; flags: readonly string[]; connections: readonly Connection[] }[] = [
  {
    says: 'by default',
    flags: [],
    connections: [
      { from: 'peer', to: 'pod:8080', goes: 'inbound' },
      { from: 'peer', to: 'pod:15021', goes: 'direct' },
      { from: 'app', to: 'outside:80', goes: 'outbound' },
      { from: 'app', to: 'pod:8080', goes: 'direct' },
      { from: 'app', to: 'localhost:8080', goes: 'direct' },
      { from: 'proxy', to: 'outside:80', goes: 'direct' },
      { from: 'proxy', to: 'pod:8080', goes: 'direct' },
      { from: 'passthrough', to: 'pod:8080', goes: 'direct' },
    ],
  },
  {
    says: 'with settings of inbound traffic',
    flags: ['--include-inbound-ports', '8080', '--drop-invalid', 'true'],
    connections: [
      { from: 'peer', to: 'pod:8080', goes: 'inbound' },
      { from: 'peer', to: 'pod:8081', goes: 'direct' },
      { from: 'app', to: 'outside:80', goes: 'outbound' },
    ],
  },
  {
    says: 'with an interface left alone',
    flags: ['--exclude-interfaces', 'eth0'],
    connections: [
      { from: 'peer', to: 'pod:8080', goes: 'direct' },
      { from: 'app', to: 'outside:80', goes: 'direct' },
    ],
  },
];

describe('With TPROXY', () => {
  let pair: Pair;
  before(async function () {
    this.timeout(60_000);
    await buildExecutable();
    pair = await createPair();
    await Promise.all([
      startServer(pair.peer, [80]),
      startServer(pair.pod, [8080, 8081, 15021], { uid: app }),
      startTransparentCapture(pair.pod, [15001, 15006], { uid: 0, gid: proxy }),
    ]);
  });
  after(() => pair.close());

  for (const { says, flags, connections } of scenarios) {
    describe(`a connection ${says}`, () => {
      before(() => runInit(pair.pod, ['apply', ...tproxy, ...flags]));
      for (const family of ['ipv4', 'ipv6'] as const) {
        for (const connection of connections) {
          const { from, to, goes } = connection;
          it(`from ${from} to ${to} goes ${goes} on ${family}`, () =>
            expectVerdict(pair, connection, family));
        }
      }
    });
  }

  it('no connection escapes while the mode changes, there and back', async () => {
    await runInit(pair.pod, ['apply']);
    const loop = [fixture('connection-loop.ts'), pair.pod.addresses.ipv4, '8080'];
    const go = pair.peer.spawn(process.execPath, loop);
    expect(await go.nextLine()).to.equal('ready');
    for (let round = 0; round < 10; round++) {
      for (const flags of [tproxy, []]) {
        const { exitCode, stderr } = await runInit(pair.pod, ['apply', ...flags]);
        expect(exitCode, stderr).to.equal(0);
      }
    }
    go.writeLine('end');
    const { server, capture, none } = JSON.parse(await go.nextLine());
    expect({ server, none }).to.deep.equal({ server: 0, none: 0 });
    expect(capture).to.be.greaterThan(100);
  });

  it('rule and route are there once, however often applied, and gone when cleaned up', async () => {
    await runInit(pair.pod, ['cleanup']);
    const before = await kernelState(pair.pod);
    for (const ports of ['1', '2', '2']) {
      const applied = await runInit(pair.pod, ['apply', ...tproxy, '--exclude-inbound-ports', ports]);
      expect(applied.exitCode, applied.stderr).to.equal(0);
    }
    expect((await kernelState(pair.pod)).match(rule)).to.have.length(2);
    await runInit(pair.pod, ['cleanup']);
    expect(await kernelState(pair.pod)).to.equal(before);
  });

  it('rule and route go when the mode changes', async () => {
    await runInit(pair.pod, ['cleanup']);
    await runInit(pair.pod, ['apply']);
    const redirect = await kernelState(pair.pod);
    await runInit(pair.pod, ['apply', ...tproxy]);
    expect((await runInit(pair.pod, ['verify'])).stdout).to.include('+ rule fwmark 0x539 lookup 133');
    await runInit(pair.pod, ['apply']);
    expect(await kernelState(pair.pod)).to.equal(redirect);
  });

  it('verify sees a doubled rule and a missing route, and apply repairs them', async () => {
    await runInit(pair.pod, ['apply', ...tproxy]);
    const wanted = await kernelState(pair.pod);
    await pair.pod.exec('ip', ['rule', 'add', 'fwmark', '0x539', 'lookup', '133']);
    await pair.pod.exec('ip', ['-6', 'route', 'flush', 'table', '133']);
    const { exitCode, stdout } = await runInit(pair.pod, ['verify', ...tproxy]);
    expect(exitCode).to.equal(3);
    expect(stdout).to.include('+ rule fwmark 0x539 lookup 133');
    expect(stdout).to.include('- route local ::/0 dev lo table 133');
    expect((await runInit(pair.pod, ['apply', ...tproxy])).exitCode).to.equal(0);
    expect((await kernelState(pair.pod)).replace(/^\d+:/gm, '')).to.equal(wanted.replace(/^\d+:/gm, ''));
  });
});
