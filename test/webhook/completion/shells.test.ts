import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { stringify } from 'yaml';

const main = join(import.meta.dirname, '../../../webhook/main.ts');

/** The command line in a shell, by the name that it is called by. */
describe('the completion in a shell', () => {
  let folder: string;
  const run = (file: string, args: readonly string[], env = {}) =>
    execa(file, args, {
      cwd: folder,
      env: { PATH: [folder, process.env.PATH].join(delimiter), ...env },
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outrider-completion-'));
    for (const name of ['outrider', 'kubectl-outrider', 'kubectl_complete-outrider']) {
      // What a link to the executable gives it as its name.
      const script = `#!/bin/bash\nexec -a ${name} ${process.execPath} ${main} "$@"\n`;
      await writeFile(join(folder, name), script, { mode: 0o755 });
    }
    await writeFile(join(folder, 'my pods.yaml'), '');
    await symlink('.', join(folder, 'myself'));
  });
  after(() => rm(folder, { recursive: true }));

  /** What bash would offer for the words, of which the last is being typed. */
  const inBash = async (name: string, words: readonly string[], env = {}): Promise<string[]> => {
    const script = `
      source <(${name} completion bash)
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      "$(complete -p ${name} | sed -E 's/.*-F ([^ ]+).*/\\1/')"
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run('bash', ['--norc', '-c', script, 'bash', name, ...words], env);
    return stdout.split('\n');
  };

  it('offers commands, options, choices and files in bash', async () => {
    expect(await inBash('outrider', ['un'])).to.deep.equal(['uninject', 'uninstall']);
    expect(await inBash('outrider', ['status', '--all'])).to.deep.equal(['--all-namespaces']);
    expect(await inBash('outrider', ['status', '-o', ''])).to.deep.equal(['table', 'wide', 'json']);
    // Bash has split it at the =.
    expect(await inBash('outrider', ['status', '--output', '=', 'w'])).to.deep.equal(['wide']);
    expect(await inBash('outrider', ['status', '--output', '='])).to.deep.equal(['table', 'wide', 'json']);
    expect(await inBash('outrider', ['inject', '-f', 'my'])).to.have.members(['my pods.yaml', 'myself']);
    expect(await inBash('outrider', ['inject', '--file', '=', 'my'])).to.include('my pods.yaml');
  });

  it('offers the contexts of the kubeconfigs, and asks nobody for them', async () => {
    const one = join(folder, 'one');
    const other = join(folder, 'other');
    await writeFile(one, stringify({ contexts: [{ name: 'shop' }, { name: 'stage' }] }));
    await writeFile(other, JSON.stringify({ contexts: [{ name: 'live' }, { name: 'shop' }] }));
    await writeFile(join(folder, 'broken'), 'contexts: [');
    const both = { KUBECONFIG: [one, join(folder, 'broken'), join(folder, 'none'), other].join(delimiter) };
    expect(await inBash('outrider', ['status', '--context', ''], both)).to.deep.equal([
      'shop',
      'stage',
      'live',
    ]);
    expect(
      await inBash('outrider', ['install', '--kubeconfig', one, '--context', '=', 's'], both),
    ).to.deep.equal(['shop', 'stage']);
  });

  it('offers the namespaces of the cluster, and none where it does not answer within two seconds', async () => {
    let answers = true;
    const server = createServer(({ url }, response) => {
      const items = ['default', 'shop', 'stage'].map((name) => ({ metadata: { name } }));
      const isAsked = url?.startsWith('/api/v1/namespaces?') === true;
      if (isAsked && answers) response.end(JSON.stringify({ kind: 'NamespaceList', items }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const config = {
      clusters: [
        {
          name: 'here',
          cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true },
        },
      ],
      users: [{ name: 'me', user: {} }],
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    };
    const file = join(folder, 'kubeconfig');
    await writeFile(file, JSON.stringify(config));
    const words = ['--kubeconfig', file, '--context', 'here', '-n', 's'];
    try {
      expect(await inBash('outrider', ['status', ...words])).to.deep.equal(['shop', 'stage']);
      answers = false;
      expect(await inBash('outrider', ['check', ...words])).to.deep.equal(['']);
      // Of files it is no question of a cluster.
      expect(await inBash('outrider', ['inject', '-n', 's'])).to.deep.equal(['']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is there for the plugin of kubectl, in bash and by kubectl itself', async () => {
    expect(await inBash('kubectl-outrider', ['up'])).to.deep.equal(['upgrade']);
    const { stdout } = await run('kubectl_complete-outrider', ['status', '-o', 'j']);
    expect(stdout).to.equal('json\n:4');
  });

  it('follows the name in what it prints', async () => {
    expect((await run('kubectl-outrider', ['status', '--help'])).stdout).to.match(
      /^Usage: kubectl outrider status /,
    );
    expect((await run('outrider', ['status', '--help'])).stdout).to.match(/^Usage: outrider status /);
  });

  for (const [shell, check] of [
    ['bash', '-n'],
    ['zsh', '-n'],
    ['fish', '--no-execute'],
  ] as const) {
    it(`is valid in ${shell}, where that is installed`, async function () {
      const found = await execa(shell, ['--version'], { reject: false });
      if (found.failed) this.skip();
      const { stdout } = await run('outrider', ['completion', shell]);
      const file = join(folder, `completion.${shell}`);
      await writeFile(file, stdout);
      await run(shell, [check, file]);
    });
  }
}).timeout(60_000);
