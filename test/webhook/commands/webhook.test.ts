import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';

const main = join(import.meta.dirname, '../../../webhook/main.ts');

describe('outrider webhook', () => {
  for (const [what, args] of [
    ['CAs of clients without a name', ['--client-ca-file', '/etc/outrider/client-ca/ca.crt']],
    ['names of clients without a CA', ['--client-allowed-name', 'kube-apiserver']],
  ] as const) {
    it(`takes ${what} for bad usage, before it does anything`, async () => {
      const { exitCode, stderr } = await execa(process.execPath, [main, 'webhook', ...args], {
        reject: false,
      });
      expect(exitCode).to.equal(2);
      expect(stderr).to.contain('error: --client-ca-file and --client-allowed-name need each other');
    });
  }
});
