import { appendFileSync } from 'node:fs';
import { type MochaOptions, type Runner, reporters } from 'mocha';

/**
 * Mocha's spec reporter, which also appends `passed failed` to the file that OUTRIDER_TALLY names, so that several
 * runs of mocha can be summed.
 */
export default class TallyReporter extends reporters.Spec {
  constructor(runner: Runner, options?: MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const file = process.env.OUTRIDER_TALLY;
      if (file) appendFileSync(file, `${this.stats.passes} ${this.stats.failures}\n`);
    });
  }
}
