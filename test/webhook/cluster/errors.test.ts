import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execaNode } from 'execa';
import { stringify } from 'yaml';

/** Nothing listens on port 1. */
const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'here', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [
    { name: 'token', user: { token: 'abc' } },
    {
      name: 'plugin',
      user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'outrider-no-such-plugin' } },
    },
  ],
  contexts: [
    { name: 'here', context: { cluster: 'here', user: 'token' } },
    { name: 'plugged', context: { cluster: 'here', user: 'plugin' } },
  ],
  'current-context': 'here',
};

/** Commands that talk to a cluster, and what each says where it cannot. */
describe('the way to a cluster', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outrider-kubeconfig-'));
    await writeFile(join(folder, 'config'), stringify(kubeconfig));
    await writeFile(join(folder, 'broken'), 'clusters: [');
    await writeFile(join(folder, 'empty'), 'apiVersion: v1\nkind: Config\n');
  });
  after(() => rm(folder, { recursive: true }));

  const call = async (
    ...args: readonly string[]
  ): Promise<{ stderr: string; exitCode: number | undefined }> => {
    const { stderr, exitCode } = await execaNode('webhook/main.ts', args, {
      reject: false,
      extendEnv: false,
      env: { HOME: folder },
    });
    return { stderr: stderr.replaceAll(folder, 'FOLDER'), exitCode };
  };
  const say = async (...args: readonly string[]): Promise<string> => {
    const { stderr, exitCode } = await call(...args);
    expect(exitCode, stderr).to.equal(1);
    return stderr;
  };
  const at = (file: string): string[] => ['--kubeconfig', join(folder, file)];

  it('is told to be missing, by every command', async () => {
    const missing =
      'outrider: there is no kubeconfig: set KUBECONFIG, give --kubeconfig, or write ~/.kube/config';
    for (const command of ['status', 'preflight', 'install', 'upgrade', 'uninstall']) {
      expect(await say(command)).to.equal(missing);
    }
  });

  it('is told to be broken, with the file', async () => {
    expect(await say('status', ...at('broken'))).to.match(/^outrider: kubeconfig FOLDER\/broken: .+$/);
    expect(await say('status', ...at('none'))).to.match(/^outrider: kubeconfig FOLDER\/none: ENOENT: .+$/);
    expect(await say('status', ...at('empty'))).to.equal(
      'outrider: the kubeconfig has no current context with a cluster: give one',
    );
    expect(await say('status', ...at('config'), '--context', 'there')).to.equal(
      'outrider: --context: "there" is not valid: expected one of here, plugged',
    );
  });

  it('is told to lead nowhere, in one line with the remedy', async () => {
    expect(await say('status', ...at('config'))).to.equal(
      'outrider: the API server at https://127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1: is the cluster up, and the context the right one? --context takes another',
    );
    expect(await say('status', ...at('config'), '--context', 'plugged')).to.equal(
      'outrider: the credentials of the context cannot be read: spawn outrider-no-such-plugin ENOENT',
    );
  });

  it('is not taken by a command line that is not valid', async () => {
    for (const [args, expected] of [
      [['install', '--set', 'proxy-cpu'], 'Expected a setting and its value, such as proxy-cpu=50m.'],
      [
        ['install', '--set', 'proxy-cqu=50m'],
        'ConfigMap outrider-config proxy-cqu: "50m" is not valid: expected a known setting: did you mean proxy-cpu?',
      ],
      [['upgrade', '--timeout', 'soon'], 'Expected a number of seconds, such as 180.'],
      [['uninstall', '--dry-run=client'], 'Allowed choices are server.'],
      [['status', '-o', 'yaml'], 'Allowed choices are table, wide, json.'],
    ] as const) {
      const { stderr, exitCode } = await call(...args, ...at('config'));
      expect(stderr).to.include(expected);
      expect(exitCode, stderr).to.equal(2);
    }
  });
}).timeout(60_000);
