import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { kubectl, kubectlBoth } from './kubectl.ts';
import { installOutrider } from './outrider.ts';
import { podManifest, runPods } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const root = join(import.meta.dirname, '../..');
const namespace = 'revised';
const gone = 'outrider: label outrider.io/revision: "gone"';
const empty = 'outrider: label outrider.io/revision: ""';

/** By the namespace's label of injection and the pod's: whether it gets a proxy (webhook/decision/decide.ts). */
const whether = {
  enabled: { none: 'inject', true: 'inject', false: 'skip', yes: 'deny' },
  disabled: { none: 'skip', true: 'skip', false: 'skip', yes: 'skip' },
  none: { none: 'skip', true: 'inject', false: 'skip', yes: 'skip' },
} as const;

/** By the namespace's revision and the pod's: whose it is, or what is refused. */
const which = {
  none: { none: 'no revision', canary: 'canary', gone, empty },
  canary: { none: 'canary', canary: 'canary', gone, empty },
  gone: { none: gone, canary: 'canary', gone, empty },
  empty: { none: empty, canary: 'canary', gone, empty },
} as const;

const labelOf = { none: undefined, canary: 'canary', gone: 'gone', empty: '' } as const;

describe('two injectors side by side', function () {
  this.timeout(240_000);
  const cluster = useOutrider();
  useNamespace(cluster, namespace);

  const run = (...args: readonly string[]): Promise<string> => kubectl(cluster(), args);
  const outrider = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await execa(join(root, 'dist/outrider'), args, {
      env: { KUBECONFIG: cluster().kubeconfig },
      reject: false,
    });
    return { exitCode, stdout, stderr };
  };
  const label = async (labels: Readonly<Record<string, string | undefined>>): Promise<void> => {
    const words = Object.entries(labels).map(([key, value]) =>
      value === undefined ? `outrider.io/${key}-` : `outrider.io/${key}=${value}`,
    );
    await run('label', '--overwrite', 'namespace', namespace, ...words);
  };
  /** Whose proxy a pod gets, or what the API server says against it. */
  const create = async (labels: Readonly<Record<string, string>>): Promise<string> => {
    const { pod, refusal = '' } = await dryRunCreate(
      cluster(),
      namespace,
      podManifest({ name: 'cell', labels }),
    );
    if (pod === undefined) return refusal;
    const status = pod.metadata.annotations?.['outrider.io/status'];
    return status === undefined ? 'skip' : (JSON.parse(status).revision ?? 'no revision');
  };
  /** The API server goes by a policy that was removed for a second or so, and refuses the pod by that one. */
  const becomes = async (labels: Readonly<Record<string, string>>, refusal: string): Promise<void> => {
    let last = '';
    const isSo = async (): Promise<boolean> => {
      last = await create(labels);
      return last.includes(refusal);
    };
    await until(isSo, AbortSignal.timeout(20_000)).catch(() => expect(last).to.include(refusal));
  };
  const named = async (word: string): Promise<string> => {
    const kinds = [
      'mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings',
      'validatingadmissionpolicies,validatingadmissionpolicybindings',
      'deployments,services,secrets,configmaps,roles,rolebindings,serviceaccounts,poddisruptionbudgets',
    ].join(',');
    const all = await run('-n', 'outrider-system', 'get', kinds, '-o', 'name');
    return all
      .split('\n')
      .filter((name) => name.includes(word))
      .join('\n');
  };

  before(async () => {
    const { exitCode, stderr } = await outrider('install', '--revision', 'canary');
    expect(exitCode, stderr).to.equal(0);
  });
  // The files after this one find it as they know it.
  after(async () => {
    await outrider('uninstall', '--revision', 'canary', '--yes');
    await installOutrider(cluster());
  });

  for (const [injection, row] of Object.entries(whether)) {
    for (const [ofNamespace, revisions] of Object.entries(which)) {
      it(`take a pod once, or refuse what nobody would take: injection ${injection}, revision ${ofNamespace}`, async () => {
        const revision = labelOf[ofNamespace as keyof typeof labelOf];
        await label({ injection: injection === 'none' ? undefined : injection, revision });
        for (const [inject, decision] of Object.entries(row)) {
          for (const [ofPod, taker] of Object.entries(revisions)) {
            const own = labelOf[ofPod as keyof typeof labelOf];
            const outcome = await create({
              ...(inject !== 'none' && { 'outrider.io/inject': inject }),
              ...(own !== undefined && { 'outrider.io/revision': own }),
            });
            const cell = `inject ${inject}, revision ${ofPod}`;
            const isTaken = taker === 'canary' || taker === 'no revision';
            if (decision === 'skip') expect(outcome, cell).to.equal('skip');
            else if (!isTaken) expect(outcome, cell).to.include(taker);
            else if (decision === 'inject') expect(outcome, cell).to.equal(taker);
            else expect(outcome, cell).to.include('label outrider.io/inject: "yes" is not valid');
          }
        }
      });
    }
  }

  it('tell in a refusal which label names no injector, and what to do', async () => {
    await label({ injection: 'enabled', revision: 'gone' });
    expect(await create({})).to.include(
      'outrider: label outrider.io/revision: "gone" of its namespace is not valid: expected a revision that is installed (outrider status tells which): label it with one, or outrider install --revision gone',
    );
    expect(await create({ 'outrider.io/revision': 'Gone_too' })).to.include(
      'outrider: label outrider.io/revision: "Gone_too" of the pod is not valid',
    );
  });

  it('have pods that run, each with the proxy of its own', async () => {
    await label({ injection: 'enabled', revision: 'canary' });
    await runPods(cluster(), namespace, [{ name: 'runs' }]);
    const status = "jsonpath={.metadata.annotations['outrider\\.io/status']}";
    const told = JSON.parse(await run('-n', namespace, 'get', 'pod', 'runs', '-o', status));
    expect(told).to.include({ revision: 'canary' });
    const wide = (await outrider('status', '-n', namespace)).stdout;
    expect(wide).to.match(/^Deployment\/outrider-webhook-canary +2\/2 ready/m);
    expect(wide).to.match(/^Secret\/outrider-webhook-certificates +valid until /m);
    expect(wide).to.match(/^revised +runs +injected +0\.1\.0 +canary +[0-9a-f]{8}$/m);
    await label({ injection: 'enabled', revision: undefined });
    const moved = await outrider('status', '-n', namespace);
    expect(moved.exitCode).to.equal(1);
    expect(moved.stdout).to.match(
      /^revised +runs +outdated .* it was injected by the injector of revision canary, and is for the one without a revision; /m,
    );
  });

  it('ignore with a warning the settings that only another version knows, as long as it is known', async () => {
    await label({ injection: 'enabled', revision: undefined });
    const shiny = podManifest({ name: 'cell', annotations: { 'outrider.io/shiny': 'yes' } });
    const says = async (): Promise<string> => {
      const create = ['-n', namespace, 'create', '--dry-run=server', '-o', 'name', '-f', '-'];
      const { stdout, stderr } = await kubectlBoth(cluster(), create, { input: JSON.stringify(shiny) });
      return stdout + stderr;
    };
    const unknown = 'pod annotation outrider.io/shiny: "yes" is not valid: expected a known setting';
    expect(await dryRunCreate(cluster(), namespace, shiny))
      .to.have.property('refusal')
      .that.includes(unknown);

    const map = ['-n', 'outrider-system', 'configmap', 'outrider-settings-9.0.0'];
    const labels = ['app.kubernetes.io/component=settings', 'app.kubernetes.io/part-of=outrider'];
    await run('create', ...map, '--from-literal=version=9.0.0', '--from-literal=keys=shiny');
    await run('label', ...map, ...labels);
    const known = 'outrider.io/shiny is known to Outrider 9.0.0 without a revision, and ignored by this one';
    // Each of the replicas sees it when it does.
    let inTurn = 0;
    await until(async () => {
      inTurn = (await says().catch(String)).includes(known) ? inTurn + 1 : 0;
      return inTurn === 8;
    }, AbortSignal.timeout(60_000));
    await run('delete', ...map);
    await until(async () => (await says().catch(String)).includes(unknown), AbortSignal.timeout(30_000));
  });

  it('are uninstalled one by one: the other stays whole, and takes no pod that was not its own', async () => {
    const refused = await outrider('uninstall', '--revision', 'canary');
    expect(refused.stderr).to.match(/^outrider: 1 pod has a proxy, in 1 namespace, and keeps it: give --yes/);

    const first = await outrider('uninstall', '--yes');
    expect(first.exitCode, first.stderr).to.equal(0);
    expect(first.stdout).not.to.match(/canary|Namespace/);
    expect((await named('outrider')).split('\n').filter((name) => !name.endsWith('-canary'))).to.deep.equal(
      [],
    );
    await label({ injection: 'enabled', revision: undefined });
    expect(await create({ 'outrider.io/revision': 'canary' })).to.equal('canary');
    await becomes(
      {},
      'outrider: neither the pod nor its namespace has the label outrider.io/revision, and there is no injector without a revision',
    );
    expect((await outrider('uninstall')).stderr).to.equal(
      'there is no Outrider without a revision in this cluster, only one of revision canary',
    );

    await installOutrider(cluster());
    const second = await outrider('uninstall', '--revision', 'canary', '--yes');
    expect(second.exitCode, second.stderr).to.equal(0);
    expect(await named('canary')).to.equal('');
    expect(await create({})).to.equal('no revision');
    await becomes(
      { 'outrider.io/revision': 'canary' },
      'outrider: label outrider.io/revision: "canary" of the pod is not valid',
    );
  });
});
