import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runInit } from './executable.ts';
import { kernelState } from './kernel-state.ts';

import { startHealth } from './traffic.ts';
import { usePair } from './use-pair.ts';

describe('Apply with --wait-proxy', () => {
  const pair = usePair();

  for (const [families, address] of [
    ['dual', '127.0.0.1'],
    ['ipv6', '::1'],
  ] as const) {
    it(`writes the rules once the proxy is ready at ${address}`, async () => {
      await startHealth(pair.pod, address, 300);
      const started = performance.now();
      const { exitCode, stderr } = await runInit(pair.pod, [
        'apply',
        '--wait-proxy',
        '5',
        '--ip-families',
        families,
      ]);
      expect(performance.now() - started).to.be.within(250, 4_000);
      expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: '' });
      expect((await runInit(pair.pod, ['verify', '--ip-families', families])).exitCode).to.equal(0);
    });
  }

  it('ends with 7 and writes nothing when the proxy stays unready', async () => {
    await startHealth(pair.pod, '127.0.0.1', 60_000);
    const folder = await mkdtemp(join(tmpdir(), 'outrider-'));
    const log = join(folder, 'termination-log');
    await writeFile(log, '');
    const before = await kernelState(pair.pod);
    const { exitCode, stderr } = await runInit(pair.pod, ['apply'], {
      env: { OUTRIDER_WAIT_PROXY: '0.3', OUTRIDER_TERMINATION_LOG: log },
    });
    expect(exitCode).to.equal(7);
    expect(stderr).to.match(
      /^the proxy is not ready: tried GET http:\/\/127\.0\.0\.1:15021\/healthz\/ready \d times in 0\.3 s; last answer: status 503\n$/,
    );
    expect(`${await readFile(log, 'utf8')}\n`).to.equal(stderr);
    expect(await kernelState(pair.pod)).to.equal(before);
    await rm(folder, { recursive: true });
  });

  it('tells that nothing listens', async () => {
    const { exitCode, stderr } = await runInit(pair.pod, ['apply', '--wait-proxy', '0.1']);
    expect(exitCode).to.equal(7);
    expect(stderr).to.include('last answer: connection refused');
  });

  it('waits for nothing on a dry run', async () => {
    const { exitCode } = await runInit(pair.pod, ['apply', '--wait-proxy', '60', '--dry-run']);
    expect(exitCode).to.equal(0);
  });
});
