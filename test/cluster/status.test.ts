import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { useApi } from './api.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { listOf, type PodInput, podManifest } from './pods.ts';
import { useOutrider } from './use-outrider.ts';
import { createWaitingPods } from './waiting-pods.ts';

const outrider = fileURLToPath(new URL('../../dist/outrider', import.meta.url));
const [mixed, odd, crowd] = ['status-mixed', 'status-odd', 'status-crowd'];

/** Pods that no node runs. */
const { spec } = podManifest({ name: '' }) as { spec: object };
const waiting = (pod: PodInput): object =>
  podManifest({ ...pod, spec: { ...spec, ...pod.spec, schedulerName: 'nobody' } });

describe('the status of a real cluster', () => {
  const cluster = useOutrider();
  const request = useApi(cluster);
  for (const namespace of [mixed, odd, crowd]) useNamespace(cluster, namespace);

  const status = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await execa(outrider, ['status', ...args], {
      env: { KUBECONFIG: cluster().kubeconfig },
      reject: false,
    });
    return { exitCode, lines: stdout.split('\n'), stdout, stderr };
  };
  const statesIn = async (namespace: string): Promise<Record<string, string>> => {
    const { pods } = JSON.parse((await status('-n', namespace, '-o', 'json')).stdout);
    return Object.fromEntries(pods.map(({ pod, state }: { pod: string; state: string }) => [pod, state]));
  };
  const run = (args: readonly string[], input?: string): Promise<string> =>
    kubectl(cluster(), args, input === undefined ? {} : { input });
  const create = (namespace: string, pods: readonly PodInput[]): Promise<string> =>
    run(['-n', namespace, 'create', '-f', '-'], listOf(pods.map(waiting)));

  before(async () => {
    await create(mixed, [{ name: 'older' }]);
    await run(['label', 'namespace', mixed, 'outrider.io/injection=enabled']);
    await create(mixed, [
      { name: 'fresh' },
      { name: 'opted-out', labels: { 'outrider.io/inject': 'false' } },
      { name: 'on-the-node', spec: { hostNetwork: true } },
    ]);
    await run(['label', 'namespace', odd, 'outrider.io/injection=on']);
    await create(odd, [{ name: 'alone' }]);
  });

  it('tells of each pod whether it has its proxy, and why not', async () => {
    const { exitCode, lines, stderr } = await status('-n', mixed);
    expect(stderr).to.equal('');
    const about = (pod: string): string => lines.find((line) => line.includes(` ${pod} `)) ?? '';
    expect(about('fresh')).to.match(/^status-mixed {3}fresh +injected {3}0\.1\.0 {5}[0-9a-f]{8}$/);
    expect(about('older')).to.include('missing').and.include('the pod is older than what injects it');
    expect(about('opted-out')).to.include('skipped').and.include('labelled outrider.io/inject=false');
    expect(about('on-the-node')).to.include('skipped').and.include("uses the node's network");
    expect(lines.at(-1)).to.equal('1 injected, 1 missing, 2 skipped');
    expect(exitCode).to.equal(1);
  });

  it('tells how the injector is', async () => {
    const { stdout } = await status('-n', mixed);
    expect(stdout).to.match(/^Deployment\/outrider-webhook +2\/2 ready, outrider:0\.1\.0$/m);
    expect(stdout).to.match(
      /^MutatingWebhookConfiguration\/outrider-webhook +trusts a CA until \d{4}-\d\d-\d\d$/m,
    );
    expect(stdout).to.match(/^Secret\/outrider-webhook-certificates +valid until \d{4}-\d\d-\d\d$/m);
  });

  it('tells that a label of a namespace means nothing', async () => {
    const { stdout, exitCode } = await status('-n', odd);
    expect(stdout).to.include(
      `problem: label outrider.io/injection of namespace ${odd}: "on" is not valid: expected enabled or disabled: it counts as none`,
    );
    expect(exitCode).to.equal(1);
  });

  it('tells that a pod is older than the settings of its namespace, and that one has a proxy left', async () => {
    await run(['-n', mixed, 'delete', 'pod', 'older', '--grace-period=0', '--force']);
    expect((await status('-n', mixed)).exitCode).to.equal(0);
    await run(['annotate', 'namespace', mixed, 'outrider.io/proxy-cpu=70m']);
    expect(await statesIn(mixed)).to.include({ fresh: 'outdated', 'opted-out': 'skipped' });
    const { stdout } = await status('-n', mixed);
    expect(stdout).to.include('outrider-proxy has other resources');
    await run(['annotate', 'namespace', mixed, 'outrider.io/proxy-cpu-']);
    await run(['label', 'namespace', mixed, 'outrider.io/injection-']);
    expect(await statesIn(mixed)).to.deep.equal({ fresh: 'leftover', 'opted-out': 'skipped' });
  });

  it('answers for a thousand pods in seconds', async () => {
    await run(['label', 'namespace', crowd, 'outrider.io/injection=enabled']);
    await createWaitingPods(request, crowd, 1000);
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 3; round++) {
        const start = performance.now();
        await work();
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const { stdout } = await status('-A', '-o', 'json');
    expect(JSON.parse(stdout).summary.injected).to.be.at.least(1000);
    const ours = await timed(() => status('-A'));
    const theirs = await timed(() => run(['get', 'pods', '-A', '-o', 'json']));
    // Three seconds, or more where the machine is so busy that kubectl takes longer for the same pods, too.
    expect(ours, `kubectl took ${theirs} ms`).to.be.below(Math.max(3000, 2 * theirs));
  }).timeout(300_000);

  it('tells a tenant of their pods, and in one line what is wrong with the way to the cluster', async () => {
    const other = await status('--context', 'elsewhere');
    expect(other.stderr).to.equal('outrider: --context: "elsewhere" is not valid: expected one of outrider');
    expect(other.exitCode).to.equal(1);
    const nobody = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody' } };
    await run(['-n', odd, 'apply', '-f', '-'], JSON.stringify(nobody));
    const token = await run(['-n', odd, 'create', 'token', 'nobody']);
    const config = JSON.parse(await run(['config', 'view', '--raw', '-o', 'json']));
    config.users[0].user = { token };
    const file = `${cluster().kubeconfig}.nobody`;
    await writeFile(file, JSON.stringify(config));
    const binding = ['--clusterrole=view', `--serviceaccount=${odd}:nobody`];
    await run(['-n', odd, 'create', 'rolebinding', 'nobody', ...binding]);
    const tenant = await status('-n', odd, '--kubeconfig', file);
    expect(tenant.stdout)
      .to.match(/^Outrider +unknown: it may not be read$/m)
      .and.match(/^status-odd +alone +skipped /m)
      .and.match(/^note: the settings of the whole cluster are not known/m);
    const forbidden = await status('-A', '--kubeconfig', file);
    await rm(file);
    expect(forbidden.stderr.split('\n')).to.have.length(1);
    expect(forbidden.stderr)
      .to.match(/^outrider: (pods|namespaces) is forbidden: User "system:serviceaccount:status-odd:nobody"/)
      .and.match(/ask for that permission, or give another --context$/);
  });
}).timeout(60_000);
