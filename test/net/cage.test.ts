import { mkdir, rm, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { until } from '../cluster/polling.ts';
import { buildExecutable, runInit } from './executable.ts';
import { kernelState } from './kernel-state.ts';
import { createPair, outside, type Pair } from './pair.ts';
import { sendUdp } from './traffic.ts';
import { usePair } from './use-pair.ts';

const blackhole = ['--outbound-policy', 'blackhole'];

describe('The cage', () => {
  let pair: Pair;
  let folder: string;
  before(async function () {
    this.timeout(60_000);
    await buildExecutable();
    pair = await createPair();
    // What ip-netns(8) puts in place of /etc for a command in the namespace.
    folder = `/etc/netns/${pair.pod.name}`;
    await mkdir(folder, { recursive: true });
    const { ipv4, ipv6 } = pair.peer.addresses;
    await writeFile(`${folder}/resolv.conf`, `nameserver ${ipv4}\nnameserver ${ipv6}\n`);
    const { exitCode, stderr } = await runInit(pair.pod, ['apply', ...blackhole]);
    expect(exitCode, stderr).to.equal(0);
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await pair.close();
  });

  const sends = (address: string, port: number, uid: number) => sendUdp(pair.pod, { address, port }, { uid });

  for (const family of ['ipv4', 'ipv6'] as const) {
    for (const uid of [1000, 51337]) {
      it(`lets uid ${uid} ask the resolver alone, on ${family}`, async () => {
        const resolver = pair.peer.addresses[family];
        expect(await sends(resolver, 53, uid)).to.equal('sent');
        expect(await sends(resolver, 54, uid)).to.equal('refused');
        expect(await sends(outside[family], 53, uid)).to.equal('refused');
      });
    }

    it(`leaves loopback alone, on ${family}`, async () => {
      expect(await sends(family === 'ipv4' ? '127.0.0.1' : '::1', 9999, 1000)).to.equal('sent');
      expect(await sends(pair.pod.addresses[family], 9999, 1000)).to.equal('sent');
    });
  }

  it('lets neighbours be found', async () => {
    await pair.pod.exec('ip', ['-6', 'neigh', 'flush', 'dev', 'eth0']);
    const { ipv6 } = pair.peer.addresses;
    expect(await sends(ipv6, 53, 1000)).to.equal('sent');
    await until(
      async () => (await pair.pod.exec('ip', ['-6', 'neigh', 'show', ipv6])).stdout.includes('lladdr'),
      AbortSignal.timeout(20_000),
    );
  });

  it('opens when the policy changes, and is as wanted until then', async () => {
    expect((await runInit(pair.pod, ['verify', ...blackhole])).exitCode).to.equal(0);
    await runInit(pair.pod, ['apply']);
    expect(await sends(outside.ipv4, 53, 1000)).to.equal('sent');
    expect((await pair.pod.exec('iptables-save', ['-t', 'filter'])).stdout).not.to.include('OUTRIDER_CAGE');
  });
});

describe('The cage of a pod of one family', () => {
  const pair = usePair();
  const open = ['--ip-families', 'ipv4'];
  const ipv4 = [...open, ...blackhole];
  const sends = (address: string) => sendUdp(pair.pod, { address, port: 9999 }, { uid: 1000 });

  for (const backend of ['nft', 'legacy', 'nftables']) {
    it(`closes the other one, is as wanted then, and leaves nothing behind, with ${backend}`, async () => {
      const before = await kernelState(pair.pod);
      const choice = ['--backend', backend];
      const flags = [...ipv4, ...choice];
      const { exitCode, stderr } = await runInit(pair.pod, ['apply', ...flags]);
      expect(exitCode, stderr).to.equal(0);
      expect(await sends(outside.ipv6)).to.equal('refused');
      expect(await sends('::1')).to.equal('sent');
      const verified = await runInit(pair.pod, ['verify', ...flags]);
      expect(verified.exitCode, verified.stdout).to.equal(0);
      const opened = await runInit(pair.pod, ['apply', ...open, ...choice]);
      expect(opened.exitCode, opened.stderr).to.equal(0);
      expect(await sends(outside.ipv6)).to.equal('sent');
      await runInit(pair.pod, ['cleanup']);
      expect(await kernelState(pair.pod)).to.equal(before);
    });
  }

  it('closes one that the pod has no address of yet', async () => {
    const disable = (value: number) =>
      pair.pod.exec('sh', ['-c', `echo ${value} >/proc/sys/net/ipv6/conf/all/disable_ipv6`]);
    await disable(1);
    const { exitCode, stderr } = await runInit(pair.pod, ['apply', ...ipv4]);
    expect(exitCode, stderr).to.equal(0);
    await disable(0);
    await pair.pod.exec('ip', ['addr', 'replace', `${pair.pod.addresses.ipv6}/64`, 'dev', 'eth0', 'nodad']);
    expect(await sends(pair.peer.addresses.ipv6)).to.equal('refused');
  });

  it('is told by explain and by trace', async () => {
    const { stdout } = await runInit(pair.pod, ['explain', ...ipv4]);
    expect(stdout).to.match(/^ipv6\n +filter OUTPUT\n.+what the pod sends in a family that is not captured/m);
    const to = ['--to', `[${outside.ipv6}]:443`, '--own-address', pair.pod.addresses.ipv6];
    const traced = await runInit(pair.pod, ['trace', ...ipv4, ...to]);
    expect(traced.stdout).to.match(/dropped/);
  });

  it('leaves the other one open where that is allowed', async () => {
    const { exitCode } = await runInit(pair.pod, ['apply', ...ipv4, '--allow-uncaptured-family', 'true']);
    expect(exitCode).to.equal(0);
    expect(await sends(outside.ipv6)).to.equal('sent');
  });
});
