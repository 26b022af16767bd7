import { expect } from 'chai';
import { execa } from 'execa';

describe('The demo', () => {
  it('runs an injected pod whose containers are ready, and whose connections go where they should', async () => {
    const { exitCode, stdout, stderr } = await execa(process.execPath, ['test/demo/main.ts'], {
      reject: false,
    });
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.include('READY 2/2');
    expect(stdout).to.match(/OUTRIDER_REDIRECT -p tcp -j REDIRECT --to-ports 15001/);
  });
});
