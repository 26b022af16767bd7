import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { createTwoPods, type TwoPods } from './two-pods.ts';

const port = 2222;

describe('An SSH server and its client, through the proxies of both', () => {
  let pods: TwoPods;
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), 'outrider-ssh-'));
    const [hostKey, ownKey] = [`${folder}/host`, `${folder}/own`];
    await execa('dropbearkey', ['-t', 'ed25519', '-f', hostKey]);
    const { stdout } = await execa('dropbearkey', ['-t', 'ed25519', '-f', ownKey]);
    const publicKey = stdout.split('\n').find((line) => line.startsWith('ssh-ed25519'));
    pods = await createTwoPods();
    // Whom the server lets in stands in the home of its user, root: it gets another home, which nobody else sees.
    const script = `mount -t tmpfs none ~root; chmod 700 ~root; mkdir -m 700 ~root/.ssh
      echo '${publicKey}' >~root/.ssh/authorized_keys; chmod 600 ~root/.ssh/authorized_keys
      exec dropbear -F -E -s -r ${hostKey} -P ${folder}/pid -p ${port}`;
    await pods.serve(port, 'unshare', ['--mount', 'sh', '-ec', script], { uid: 0 });
  });

  after(async () => {
    await pods?.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const family of ['ipv4', 'ipv6'] as const) {
    it(`log in over ${family}, and carry what a command reads and writes, and how it ends`, async () => {
      const address = pods.server.addresses[family];
      const carried = await pods.carried(async () => {
        const command = `dbclient -y -y -i ${folder}/own -p ${port} root@${address}`;
        const script = `head -c 10000000 /dev/urandom >${folder}/sent
          ${command} 'cat; exit 7' <${folder}/sent >${folder}/back || status=$?
          cmp ${folder}/sent ${folder}/back; echo \${status:-0}`;
        expect(await pods.run(script, { uid: 0 })).to.equal('7\n');
      });
      expect(carried).to.deep.equal({ out: 1, bytes: 1, http: 0 });
    });
  }
});
