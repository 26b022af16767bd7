import { expect } from 'chai';
import { type ChangedPod, changes, createChangedPod } from './changes.ts';
import { comparable } from './comparable.ts';

describe('When a command fails', function () {
  this.timeout(180_000);
  let changed: ChangedPod;
  before(async () => {
    changed = await createChangedPod();
  });
  after(() => changed?.close());

  for (const { says, before, args } of changes) {
    it(`at any step of ${says}, all is done or nothing`, async () => {
      await changed.prepare(before);
      const start = await comparable(changed.pod);
      for (let at = 1; ; at++) {
        const { exitCode, stderr, reached } = await changed.tools.run(changed.pod, args, 'refused', at);
        if (!reached) break;
        expect(exitCode, `step ${at}: ${stderr}`).to.be.oneOf([0, 5]);
        if (exitCode === 5) {
          expect(stderr).to.include('not today');
          expect(await comparable(changed.pod), `step ${at}: ${stderr}`).to.equal(start);
        } else {
          await changed.expectConverged(args, `step ${at}`);
          await changed.prepare(before);
          expect(await comparable(changed.pod)).to.equal(start);
        }
      }
    });
  }
});
