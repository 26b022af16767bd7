import { expect } from 'chai';
import { runInit } from '../executable.ts';
import { foreignRules } from '../foreign-rules.ts';
import { changeRules } from '../kernel-state.ts';
import { createPair } from '../pair.ts';
import { type ChangedPod, changes, createChangedPod, dual, tproxy } from './changes.ts';
import { comparable, withoutOurs } from './comparable.ts';

describe('When a command fails', function () {
  this.timeout(180_000);
  let changed: ChangedPod;
  before(async () => {
    changed = await createChangedPod();
  });
  after(() => changed?.close());

  for (const { says, before, args } of changes) {
    for (const fault of ['killed-before', 'killed-after'] as const) {
      it(`and the run is ${fault.replace('-', ' ')} it, at any step of ${says}, the next run converges`, async () => {
        await changed.prepare(before);
        const foreign = withoutOurs(await comparable(changed.pod));
        for (let at = 1; ; at++) {
          const { reached, exitCode } = await changed.tools.run(changed.pod, args, fault, at);
          if (!reached) break;
          expect(exitCode, `step ${at}`).to.equal(137);
          expect(withoutOurs(await comparable(changed.pod)), `step ${at}`).to.equal(foreign);
          if (args[0] === 'apply') {
            const { exitCode: verdict, stdout } = await runInit(changed.pod, ['verify', ...args.slice(1)]);
            expect(verdict, `step ${at}: ${stdout}`).to.be.oneOf([0, 3, 4]);
          }
          const again = await runInit(changed.pod, args);
          expect(again.exitCode, `step ${at}: ${again.stderr}`).to.equal(0);
          await changed.expectConverged(args, `step ${at}`);
          await changed.prepare(before);
        }
      });
    }
  }
});

describe('Several instances at once', () => {
  it('leave rules that the next run makes whole, and foreign ones alone', async () => {
    const pair = await createPair();
    try {
      const { nat } = foreignRules();
      await changeRules(pair.pod, nat);
      const before = await comparable(pair.pod);
      const uids = ['1', '2', '3', '4'];
      await Promise.all(uids.map((uid) => runInit(pair.pod, ['apply', ...tproxy, '--proxy-uid', uid])));
      expect(withoutOurs(await comparable(pair.pod))).to.equal(withoutOurs(before));
      expect((await runInit(pair.pod, ['apply', ...dual])).exitCode).to.equal(0);
      const { exitCode, stdout } = await runInit(pair.pod, ['verify', ...dual]);
      expect(exitCode, stdout).to.equal(0);
      await runInit(pair.pod, ['cleanup']);
      expect(await comparable(pair.pod)).to.equal(before);
    } finally {
      await pair.close();
    }
  });
});
