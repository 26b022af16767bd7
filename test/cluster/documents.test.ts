import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { kubectl } from './kubectl.ts';
import { installOutrider } from './outrider.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const root = join(import.meta.dirname, '../..');

/** The commands of a document, one on each line of its indented blocks. */
async function commandsOf(path: string): Promise<readonly string[]> {
  const text = await readFile(join(root, path), 'utf8');
  return [...text.matchAll(/^(?: {4}| {7})((?:kubectl|outrider|outrider-init) .*)$/gm)].map(
    ([, command = '']) => command,
  );
}

/** The end of the quick start: what comes after it here needs the sample. */
const ending = ['kubectl delete -k manifests', 'kubectl delete -k manifests/sample'];

describe('the commands of the documents, on a real cluster', function () {
  this.timeout(180_000);
  const cluster = useOutrider();
  let programs = '';

  const run = async (command: string): Promise<string> => {
    const { stdout } = await execa('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: root,
      env: {
        KUBECONFIG: cluster().kubeconfig,
        KUBECACHEDIR: join(programs, 'cache'),
        NO_PROXY: '*',
        PATH: `${programs}:${process.env.PATH}`,
      },
    });
    return stdout;
  };

  before(async () => {
    programs = await mkdtemp(join(tmpdir(), 'outrider-documents-'));
    await symlink(cluster().kubectl, join(programs, 'kubectl'));
    for (const name of ['outrider', 'outrider-init'])
      await symlink(join(root, 'dist', name), join(programs, name));
  });

  after(async () => {
    // The last of the documents takes it away, and other suites need it.
    await installOutrider(cluster());
    await kubectl(cluster(), [
      'delete',
      '-k',
      join(root, 'manifests/sample'),
      '--wait=false',
      '--ignore-not-found',
    ]);
    await rm(programs, { recursive: true, force: true });
  });

  /** What a command prints once it succeeds and says what is expected: pods start, and the visitor calls once a second. */
  const outcomeOf = async (command: string, expected: RegExp): Promise<string> => {
    let outcome = '';
    const isThere = async (): Promise<boolean> => {
      outcome = await run(command).catch(({ stderr }) => `failed: ${stderr}`);
      return !outcome.startsWith('failed: ') && expected.test(outcome);
    };
    await until(isThere, AbortSignal.timeout(60_000)).catch(() => {
      expect.fail(`${command}\n${outcome}`);
    });
    return outcome;
  };

  /** Runs them one after the other; `expected`: what those print that contain a text. */
  const runAll = async (
    commands: readonly string[],
    expected: Readonly<Record<string, RegExp>>,
  ): Promise<void> => {
    const met = new Set<string>();
    for (const command of commands) {
      const [part, pattern] = Object.entries(expected).find(([one]) => command.includes(one)) ?? [];
      await outcomeOf(command, pattern ?? /^/);
      if (part !== undefined) met.add(part);
    }
    expect([...met]).to.have.members(Object.keys(expected));
  };

  it('of the quick start do what it says', async () => {
    const commands = await commandsOf('docs/quick-start.md');
    expect(commands).to.include.members(ending);
    await runAll(
      commands.filter((command) => !ending.includes(command)),
      {
        'get --raw': /cx_total\{envoy_cluster_name="InboundPassthroughCluster"\} [1-9]/,
        'shop get pods': /^visitor-\S+ +2\/2 +Running(.|\n)*^web-\S+ +2\/2 +Running/m,
        '-c visitor': /^hello from web-/,
        '-c outrider-proxy': /direction=inbound .*cluster=InboundPassthroughCluster/,
      },
    );
  });

  it('of the troubleshooting all answer', async () => {
    const commands = await commandsOf('docs/troubleshooting.md');
    expect(commands.length).to.be.above(20);
    await runAll(commands, {
      '--output json': /"proxy-cpu"/,
      'outrider status': /^INJECTOR /,
      'outrider check': /^Deployment\/web: inject: /,
      'outrider-init trace': /outbound, to port 15001/,
      'get --raw': /cx_total/,
      'logs deployment/outrider-webhook': /"level"/,
    });
  });

  it('of the upgrade leave pods of the new version alone, with a canary as well', async () => {
    await runAll(await commandsOf('docs/upgrade.md'), {
      'apply -k': /deployment.apps\/outrider-webhook (unchanged|configured)/,
      'status -n shop -o wide': /^shop +web-\S+ +injected +0\.1\.0 +canary (.|\n)*\n2 injected/m,
      'uninstall --revision': /^MutatingWebhookConfiguration\/outrider-webhook-canary deleted$/m,
      'outrider status -n shop': /^shop +web-\S+ +injected(.|\n)*\n2 injected/m,
    });
  });

  it('of the uninstallation leave pods without proxies, and nothing else', async () => {
    await runAll(await commandsOf('docs/uninstall.md'), {
      'rollout status': /successfully rolled out/,
      'get mutatingwebhookconfigurations': /^$/,
      'get validatingadmissionpolicies': /^$/,
    });
    const withProxy = 'kubectl -n shop get pods -o jsonpath="{.items[*].spec.initContainers[*].name}"';
    // Those of before are still ending.
    await outcomeOf(withProxy, /^$/);
    await outcomeOf('kubectl -n shop get pods', /^web-\S+ +1\/1 +Running/m);
  });
});
