import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';

const main = join(import.meta.dirname, '../../../webhook/main.ts');

describe('outrider certificates', () => {
  for (const [what, args, problem] of [
    ['a life that is none', ['--lifetime', 'week'], 'expected a time of two minutes or more, such as 7d'],
    ['a life that is too short', ['--ca-lifetime', '30s'], 'expected a time of two minutes or more'],
    [
      'a CA that ends before what it signs',
      ['--lifetime', '8d', '--ca-lifetime', '7d'],
      '--ca-lifetime is shorter than --lifetime: a certificate ends with its CA',
    ],
    ['a port that is none', ['--port', 'https'], 'expected'],
  ] as const) {
    it(`takes ${what} for bad usage, before it does anything`, async () => {
      const { exitCode, stderr } = await execa(process.execPath, [main, 'certificates', ...args], {
        reject: false,
      });
      expect(exitCode).to.equal(2);
      expect(stderr).to.contain(problem);
    });
  }
});
