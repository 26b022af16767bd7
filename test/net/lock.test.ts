import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { executable, runInit } from './executable.ts';
import { kernelState } from './kernel-state.ts';
import { usePair } from './use-pair.ts';

const dual = ['--ip-families', 'dual'];
/** Eight of different settings, so that each has something to change. */
const settings = ['1', '2', '3', '4', '5', '6', '7', '8'].map((uid) => [
  ...[...dual, '--proxy-uid', uid],
  ...(Number(uid) % 2 === 0 ? ['--redirect-mode', 'tproxy'] : []),
]);
/** Enough for the seven before it, on a machine that has other things to do. */
const patient = ['--wait', '30'];

describe('Several instances at once', function () {
  this.timeout(120_000);
  const pair = usePair();

  for (const backend of ['nft', 'legacy', 'nftables']) {
    const chosen = ['--backend', backend];

    it(`go one after the other, with ${backend}: the last one's rules stand, and no jump twice`, async () => {
      for (const start of ['nothing', 'rules']) {
        const outcomes = await Promise.all(
          settings.map((flags) => runInit(pair.pod, ['apply', ...flags, ...chosen, ...patient])),
        );
        expect(outcomes.map(({ exitCode, stderr }) => `${exitCode}${stderr}`)).to.deep.equal(
          settings.map(() => '0'),
        );
        const verdicts = await Promise.all(
          settings.map((flags) => runInit(pair.pod, ['verify', ...flags, ...chosen])),
        );
        const same = verdicts.filter(({ exitCode }) => exitCode === 0);
        expect(same, `from ${start}: ${verdicts[0]?.stdout}`).to.have.length(1);
        const state = await kernelState(pair.pod);
        const jumps = state.match(/-A OUTPUT .*-j OUTRIDER_OUTPUT|jump OUTRIDER_OUTPUT/g);
        expect(jumps).to.have.length(backend === 'nftables' ? 1 : 2);
      }
    });

    it(`and some of them killed, with ${backend}: the next run alone makes the rules whole`, async () => {
      const endings = await Promise.all(
        settings.map((flags, index) => {
          const program = pair.pod.spawn(executable, ['apply', ...flags, ...chosen, ...patient]);
          // At different moments: before the rules, in the middle of them, and while it waits for its turn.
          if (index % 2 === 1) setTimeout(() => kill(program.pid), 20 + 10 * index);
          return program.ended;
        }),
      );
      expect(endings.filter((text) => text.includes('SIGKILL'))).not.to.deep.equal([]);
      const last = await runInit(pair.pod, ['apply', ...dual, ...chosen]);
      expect(last.exitCode, last.stderr).to.equal(0);
      const { exitCode, stdout } = await runInit(pair.pod, ['verify', ...dual]);
      expect(exitCode, stdout).to.equal(0);
      await runInit(pair.pod, ['cleanup']);
      expect(await kernelState(pair.pod)).not.to.include('OUTRIDER');
    });
  }

  it('wait as long as asked, and not longer; what changes nothing does not wait', async () => {
    const holding =
      'import socket,time; s=socket.socket(socket.AF_UNIX); s.bind("\\0outrider-init"); s.listen()';
    const holder = pair.pod.spawn(
      'python3',
      ['-c', `${holding}; print("held", flush=True); time.sleep(60)`],
      {
        uid: 1000,
      },
    );
    await holder.nextLine();
    const before = await kernelState(pair.pod);
    for (const args of [['apply', ...dual], ['cleanup']]) {
      const started = performance.now();
      const { exitCode, stderr } = await runInit(pair.pod, [...args, '--wait', '1']);
      expect({ exitCode, stderr }).to.deep.equal({
        exitCode: 5,
        stderr:
          'another run of outrider-init holds the lock @outrider-init after --wait 1 s, and nothing was changed: let it end, or wait longer (ss -xlp shows who holds it)\n',
      });
      expect(performance.now() - started).to.be.within(1_000, 10_000);
    }
    for (const args of [['apply', '--dry-run'], ['cleanup', '--dry-run'], ['explain']])
      expect((await runInit(pair.pod, args)).exitCode).to.equal(0);
    expect((await runInit(pair.pod, ['verify'])).exitCode).to.equal(4);
    expect(await kernelState(pair.pod)).to.equal(before);
    const waiting = runInit(pair.pod, ['apply', ...dual]);
    await sleep(300);
    await holder.stop();
    expect((await waiting).exitCode).to.equal(0);
    expect((await runInit(pair.pod, ['verify', ...dual])).exitCode).to.equal(0);
  });
});

/** Ends a program that may have ended by itself. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
