import { expect } from 'chai';
import { executable, runInit } from './executable.ts';
import { kernelState } from './kernel-state.ts';
import { withScripts } from './scripted-tools.ts';
import { usePair } from './use-pair.ts';

const dual = ['--ip-families', 'dual'];
const nft = ['--backend', 'nft'];

describe('The families', () => {
  const pair = usePair();

  for (const backend of ['nft', 'legacy', 'nftables']) {
    it(`leave nothing in the one that is no longer asked for, with ${backend}`, async () => {
      const ipv4 = ['--ip-families', 'ipv4', '--backend', backend, '--redirect-mode', 'tproxy'];
      await runInit(pair.pod, ['apply', ...ipv4]);
      const alone = await kernelState(pair.pod);
      await runInit(pair.pod, ['cleanup']);
      await runInit(pair.pod, ['apply', ...dual, '--backend', backend, '--redirect-mode', 'tproxy']);
      const seen = await runInit(pair.pod, ['verify', ...ipv4]);
      expect(seen.exitCode).to.equal(3);
      expect(seen.stdout).to.include('+ address ::6/128 dev lo');
      expect(seen.stdout).to.include('+ route local ::/0 dev lo table 133');
      expect((await runInit(pair.pod, ['apply', ...ipv4])).exitCode).to.equal(0);
      expect(await kernelState(pair.pod)).to.equal(alone);
      const { exitCode, stdout } = await runInit(pair.pod, ['verify', ...ipv4]);
      expect(exitCode, stdout).to.equal(0);
    });
  }

  const refusing = { 'ip6tables-nft-restore': 'echo "ip6tables: no such module" >&2; exit 4' };

  it('are captured all or not at all, unless one may be left open', async () => {
    const before = await kernelState(pair.pod);
    const closed = await withScripts(refusing, (env) =>
      runInit(pair.pod, ['apply', ...dual, ...nft], { env }),
    );
    expect(closed.exitCode).to.equal(5);
    expect(closed.stderr).to.include('ipv6: ip6tables-nft-restore failed: ip6tables: no such module');
    expect(await kernelState(pair.pod)).to.equal(before);
    const allowed = ['apply', ...dual, ...nft, '--allow-uncaptured-family', 'true'];
    const open = await withScripts(refusing, (env) => runInit(pair.pod, allowed, { env }));
    expect(open.exitCode, open.stderr).to.equal(0);
    expect(open.stdout).to.match(
      /^ipv4: rules written\nipv6: not captured: ipv6: ip6tables-nft-restore failed/,
    );
    expect((await runInit(pair.pod, ['verify', '--ip-families', 'ipv4'])).exitCode).to.equal(0);
  });

  it('that the pod has no address of may be refused', async () => {
    await pair.pod.exec('ip', ['-6', 'addr', 'flush', 'dev', 'eth0', 'scope', 'global']);
    const { exitCode, stdout } = await withScripts(refusing, (env) =>
      runInit(pair.pod, ['apply', ...dual, ...nft], { env }),
    );
    expect({ exitCode, first: stdout.split('\n')[0] }).to.deep.equal({
      exitCode: 0,
      first: 'ipv4: rules written',
    });
  });

  it('share one deadline, behind which all is led back', async function () {
    this.timeout(60_000);
    const before = await kernelState(pair.pod);
    const started = performance.now();
    const slow = { 'ip6tables-nft-restore': 'case "$*" in *--test*) ;; *) exec sleep 60 ;; esac' };
    const { exitCode, stderr } = await withScripts(slow, (env) =>
      runInit(pair.pod, ['apply', ...dual, ...nft, '--wait', '0'], { env }),
    );
    expect({ exitCode, stderr }).to.deep.include({ exitCode: 5 });
    expect(stderr).to.include('ip6tables-nft-restore failed: it did not end in time');
    expect(performance.now() - started).to.be.within(9_000, 40_000);
    expect(await kernelState(pair.pod)).to.equal(before);
  });
});

describe('The lock of xtables', () => {
  const pair = usePair();
  const legacy = ['--backend', 'legacy', '--ip-families', 'dual'];

  it('is waited for as long as asked, and not longer', async () => {
    const holder = pair.pod.spawn('flock', [
      '-F',
      '/run/xtables.lock',
      'sh',
      '-c',
      'echo held; exec sleep 30',
    ]);
    await holder.nextLine();
    const started = performance.now();
    const { exitCode, stderr } = await runInit(pair.pod, ['apply', ...legacy, '--wait', '1']);
    expect(exitCode, stderr).to.equal(5);
    expect(stderr).to.include('xtables lock');
    expect(performance.now() - started).to.be.below(20_000);
    await holder.stop();
    expect((await runInit(pair.pod, ['apply', ...legacy])).exitCode).to.equal(0);
  });

  it('is another file where the root is read-only', async () => {
    const input = `mount -t tmpfs -o ro none /run && exec '${executable}' apply ${legacy.join(' ')}\n`;
    const { exitCode, stderr } = await pair.pod.exec('unshare', ['-m', 'sh'], { input });
    expect(exitCode, stderr).to.equal(0);
    expect((await runInit(pair.pod, ['verify', ...legacy])).exitCode).to.equal(0);
  });
});
