import { mkdtemp, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { createCapturedPair } from '../captured-pair.ts';
import { converse, startDialogue } from '../dialogue.ts';
import { type Envoy, startEnvoy } from '../envoy.ts';
import type { Pair } from '../pair.ts';
import { Mi, renderDefault } from './default-bootstrap.ts';

const app = { uid: 1000 };
const wordPort = 8080;

describe('The volume of the admin socket', () => {
  let pair: Pair;
  let envoy: Envoy | undefined;
  /** As the kubelet makes an emptyDir in memory with a `sizeLimit` of 1 MiB. */
  let folder: string;

  before(async () => {
    pair = await createCapturedPair();
    await startDialogue(pair.pod, wordPort, ['say:hello'], app);
    folder = await mkdtemp(join(tmpdir(), 'outrider-full-'));
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0777', 'tmpfs', folder]);
  });

  after(async () => {
    await envoy?.stop();
    await pair?.close();
    await execa('umount', [folder]);
    await rmdir(folder);
  });

  it('may be full, and hold the socket of a proxy that was killed: the next one starts', async () => {
    envoy = await startEnvoy(pair.pod, renderDefault(), { folder });
    process.kill(envoy.pid, 'SIGKILL');
    await envoy.ended;
    await writeFile(join(folder, 'full'), new Uint8Array(Mi)).catch((error) => {
      expect(error).to.include({ code: 'ENOSPC' });
    });
    expect((await statfs(folder)).bfree).to.equal(0);

    envoy = await startEnvoy(pair.pod, renderDefault(), { folder });
    const to = { address: pair.pod.addresses.ipv4, port: wordPort };
    expect(await converse(pair.peer, to, ['hear:hello'])).to.include({ ended: null });
    // Asked over the socket.
    expect((await envoy.metrics()).get('envoy_server_live{}')).to.equal(1);
  });
});
