import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { installOutrider } from './outrider.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const root = join(import.meta.dirname, '../..');
const namespace = 'installed';
const ours = [
  'mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings',
  'validatingadmissionpolicies,validatingadmissionpolicybindings',
].join(',');

describe('the installation into a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);

  const outrider = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await execa(join(root, 'dist/outrider'), args, {
      env: { KUBECONFIG: cluster().kubeconfig },
      reject: false,
    });
    return { exitCode, lines: stdout.split('\n'), stdout, stderr };
  };
  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl(cluster(), args, input && { input: JSON.stringify(input) });
  const leftovers = async (): Promise<string> => {
    const inNone = await run(['get', ours, '-o', 'name', '-l', 'app.kubernetes.io/part-of=outrider']);
    const inSystem = await run(['get', 'namespace', 'outrider-system', '--ignore-not-found', '-o', 'name']);
    const named = await run(['get', ours, '-o', 'name']);
    return `${inNone}${inSystem}${named.split('\n').filter((name) => name.includes('outrider'))}`;
  };
  const create = (name: string): Promise<string> =>
    run(['-n', namespace, 'create', '-f', '-'], podManifest({ name }));
  const inits = (name: string): Promise<string> =>
    run(['-n', namespace, 'get', 'pod', name, '-o', 'jsonpath={.spec.initContainers[*].name}']);

  before(async () => {
    await run(['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  });
  // The files after this one find it as they know it.
  after(async function () {
    this.timeout(240_000);
    await outrider('uninstall', '--yes');
    await installOutrider(cluster());
  });

  it('is handed over by kubectl where that is asked for, with what an older version had', async () => {
    const label = { 'app.kubernetes.io/part-of': 'outrider' };
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'outrider-of-old', labels: label },
      rules: [],
    };
    await run(['apply', '-f', '-'], role);
    const settings = {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { 'proxy-cpu': '50m' } },
      metadata: { name: 'outrider-config', namespace: 'outrider-system', labels: label },
    };
    await run(['apply', '-f', '-'], settings);
    const printed = parseAllDocuments((await outrider('install', '-o', 'yaml')).stdout);
    const service = printed.map((one) => one.toJS()).find(({ kind }) => kind === 'Service');
    service.metadata.annotations = { 'example.com/of-old': 'yes' };
    await run(['apply', '-f', '-'], service);

    const unasked = await outrider('upgrade');
    expect(unasked.exitCode).to.equal(1);
    expect(unasked.stderr).to.match(
      /^error: \w+\/outrider-\w+ and \d+ more belong to kubectl apply: use kubectl apply -k for the new version, too, or hand over to outrider with --take-ownership$/m,
    );

    const dry = await outrider('upgrade', '--take-ownership', '--dry-run', '--image', 'outrider:next');
    expect(dry.exitCode, dry.stderr).to.equal(0);
    expect(dry.lines).to.include('ClusterRole/outrider-of-old deleted (server dry run)');
    expect(dry.stdout).to.include(
      'spec.template.spec.containers[0].image: "outrider:0.1.0" → "outrider:next"',
    );

    const { exitCode, lines, stderr } = await outrider('upgrade', '--take-ownership');
    expect(exitCode, stderr).to.equal(0);
    expect(lines.filter((line) => line.endsWith(' deleted'))).to.deep.equal([
      'ClusterRole/outrider-of-old deleted',
    ]);
    const after = JSON.parse(
      await run([
        ...['-n', 'outrider-system', 'get', 'service/outrider-webhook', 'deployment/outrider-webhook'],
        ...['-o', 'json', '--show-managed-fields'],
      ]),
    );
    for (const { metadata } of after.items) {
      expect(Object.keys(metadata.annotations ?? {})).not.to.include.members(['example.com/of-old']);
      const managers: string[] = metadata.managedFields.map(({ manager }: { manager: string }) => manager);
      expect(managers).to.include('outrider').and.not.include('kubectl-client-side-apply');
    }
    const again = await outrider('upgrade');
    expect(again.lines.filter((line) => !line.endsWith(' unchanged'))).to.deep.equal([]);
    expect(again.exitCode).to.equal(0);
  }).timeout(120_000);

  it('is not taken away from pods unasked, and then leaves nothing but their proxies', async () => {
    await create('keeps');
    const refused = await outrider('uninstall');
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.match(
      /^outrider: \d+ pods? ha(s|ve) a proxy, in \d+ namespaces?, and keeps? it: give --yes to uninstall nevertheless$/,
    );
    expect(await leftovers()).to.include('outrider-webhook');
    const { exitCode, stdout, stderr } = await outrider('uninstall', '--yes');
    expect(stderr).to.match(/and keeps? it: delete them, and they are made anew without$/);
    expect(stdout).to.match(/^MutatingWebhookConfiguration\/outrider-webhook deleted$/m);
    expect(exitCode).to.equal(0);
    expect(await leftovers()).to.equal('');
    expect(await inits('keeps')).to.equal('outrider-proxy outrider-init');
    expect((await outrider('uninstall')).stderr).to.equal('there is no Outrider in this cluster');
    await create('without');
    expect(await inits('without')).to.equal('');
  }).timeout(180_000);

  it('tells beforehand what stands in its way, and changes nothing in a dry run', async () => {
    const { stdout, exitCode } = await outrider('preflight');
    expect(stdout).to.equal('Outrider can be installed');
    expect(exitCode).to.equal(0);
    const dry = await outrider('install', '--dry-run');
    expect(dry.stderr).to.equal('');
    expect(dry.lines).to.include('Deployment/outrider-webhook created (server dry run)');
    expect(await leftovers()).to.equal('');
    const none = await outrider('upgrade');
    expect([none.exitCode, none.stderr]).to.deep.equal([
      1,
      'outrider: Outrider is not installed: outrider install',
    ]);
    const bad = await outrider('install', '--set', 'proxy-cpu=much');
    expect(bad.exitCode).to.equal(2);
    expect(bad.stderr).to.match(/^ConfigMap outrider-config proxy-cpu: "much" is not valid: /);
  });

  it('that does not become ready affects no pod, says why, and can be gone on with', async () => {
    const failed = await outrider('install', '--image', 'outrider:none', '--timeout', '10');
    expect(failed.exitCode).to.equal(1);
    expect(failed.stderr).to.match(
      /not ready after 10 s: Deployment\/outrider-\w+: Pod\/outrider-\S+: \w*Image\w*/,
    );
    expect(failed.stderr).to.match(
      /no webhook configuration was written, so no pod is affected; outrider install again goes on, outrider uninstall takes it back$/,
    );
    await create('unaffected');
    expect(await inits('unaffected')).to.equal('');

    const { exitCode, stderr, stdout } = await outrider('install', '--set', 'proxy-cpu=50m');
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.match(/^Deployment\/outrider-webhook configured$/m);
    await create('served');
    expect(await inits('served')).to.equal('outrider-proxy outrider-init');
    const cpu = 'jsonpath={.spec.initContainers[0].resources.requests.cpu}';
    expect(await run(['-n', namespace, 'get', 'pod', 'served', '-o', cpu])).to.equal('50m');
  }).timeout(240_000);

  it('is upgraded, and not installed twice', async () => {
    const again = await outrider('install');
    expect([again.exitCode, again.stderr]).to.deep.equal([
      1,
      'outrider: Outrider is installed already: outrider upgrade',
    ]);
    const { exitCode, lines, stderr } = await outrider('upgrade');
    expect(exitCode, stderr).to.equal(0);
    expect(lines.filter((line) => !line.endsWith(' unchanged'))).to.deep.equal([]);
    const dry = await outrider('upgrade', '--dry-run', '--image', 'outrider:next');
    expect(dry.lines).to.include('Deployment/outrider-webhook configured (server dry run)');
    expect(dry.stdout).to.include(
      'spec.template.spec.containers[0].image: "outrider:0.1.0" → "outrider:next"',
    );
  }).timeout(120_000);

  it('removes in an upgrade what an older version had', async () => {
    const old = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'outrider-of-old', labels: { 'app.kubernetes.io/part-of': 'outrider' } },
      rules: [],
    };
    await run(['apply', '--server-side', '--field-manager=outrider', '-f', '-'], old);
    expect((await outrider('upgrade')).lines).to.include('ClusterRole/outrider-of-old deleted');
    expect(await leftovers()).not.to.include('outrider-of-old');
  }).timeout(120_000);

  it('takes no field from somebody else unasked', async () => {
    await run(['-n', 'outrider-system', 'scale', 'deployment/outrider-webhook', '--replicas=1']);
    const refused = await outrider('upgrade');
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr)
      .to.include('Deployment/outrider-webhook: ')
      .and.include('.spec.replicas')
      .and.include('--force-conflicts takes it back');
    const forced = await outrider('upgrade', '--force-conflicts');
    expect(forced.exitCode, forced.stderr).to.equal(0);
    const replicas = () =>
      run(['-n', 'outrider-system', 'get', 'deployment/outrider-webhook', '-o', 'jsonpath={.spec.replicas}']);
    await until(async () => (await replicas()) === '2', AbortSignal.timeout(30_000));
  }).timeout(120_000);

  it('says what permissions lack, and touches nothing', async () => {
    await run(['-n', namespace, 'create', 'serviceaccount', 'nobody']);
    const token = await run(['-n', namespace, 'create', 'token', 'nobody']);
    const config = JSON.parse(await run(['config', 'view', '--raw', '-o', 'json']));
    config.users[0].user = { token };
    const folder = await mkdtemp(join(tmpdir(), 'outrider-nobody-'));
    const file = join(folder, 'kubeconfig');
    await writeFile(file, JSON.stringify(config));
    const { exitCode, stdout } = await outrider('preflight', '--kubeconfig', file);
    await rm(folder, { recursive: true });
    expect(exitCode).to.equal(1);
    expect(stdout).to.match(
      /^error: you may not create Namespace\/outrider-system, patch Namespace\/outrider-system, /m,
    );
    expect(stdout).to.match(/^warning: the versions of the nodes are not known: /m);
  });
});
