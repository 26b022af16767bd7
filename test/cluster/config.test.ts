import { expect } from 'chai';
import { ExecaError } from 'execa';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { waitForWebhook } from './outrider.ts';
import { type PodInput, podManifest, readyColumn } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const [enabled, other] = ['config-enabled', 'config-other'];
const system = ['-n', 'outrider-system'];

describe('the configuration of a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, enabled);
  useNamespace(cluster, other);

  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl(cluster(), args, input && { input: JSON.stringify(input) });

  const configure = async (data: Readonly<Record<string, string>>): Promise<void> => {
    const metadata = { name: 'outrider-config', namespace: 'outrider-system' };
    await run(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  };

  /** What kubectl says of a pod that is not kept: its proxy's CPU request (`none` without a proxy), or the refusal. */
  const cpuOf = async (pod: Partial<PodInput> = {}, namespace: string = enabled): Promise<string> => {
    const create = ['-n', namespace, 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
    try {
      const { spec } = JSON.parse(await run(create, podManifest({ name: 'probe', ...pod })));
      const proxy = (spec.initContainers ?? []).find(
        ({ name }: { name: string }) => name === 'outrider-proxy',
      );
      return proxy?.resources.requests.cpu ?? 'none';
    } catch (error) {
      if (error instanceof ExecaError) return String(error.stderr);
      throw error;
    }
  };

  /** Every replica watches by itself: several answers in a row tell that all have seen a change. */
  const settled = async (ask: () => Promise<string>, expected: string): Promise<void> => {
    let [last, streak] = ['', 0];
    const isSettled = async (): Promise<boolean> => {
      last = await ask();
      streak = last.includes(expected) ? streak + 1 : 0;
      return streak >= 6;
    };
    await until(isSettled, AbortSignal.timeout(20_000)).catch(() => expect(last).to.include(expected));
  };

  const optedOut = { labels: { 'outrider.io/inject': 'false' } };

  before(async () => {
    await run(['label', 'namespace', enabled, 'outrider.io/injection=enabled']);
  });

  afterEach(async () => {
    await run([...system, 'delete', 'configmap', 'outrider-config', '--ignore-not-found']);
    await settled(cpuOf, '100m');
  });

  it('is seen by the next pod, and so is that it is gone', async () => {
    expect(await cpuOf()).to.equal('100m');
    await configure({ 'proxy-cpu': '50m' });
    await settled(cpuOf, '50m');
    await run([...system, 'delete', 'configmap', 'outrider-config']);
    await settled(cpuOf, '100m');
  }).timeout(60_000);

  it('stays in force when a bad version comes, which an Event and the log tell with the remedy', async () => {
    await configure({ 'proxy-cpu': '50m' });
    await settled(cpuOf, '50m');
    await configure({ 'proxy-cpu': '60m', 'proxy-memroy': '64Mi' });
    const problem =
      'ConfigMap outrider-config proxy-memroy: "64Mi" is not valid: expected a known setting: did you mean proxy-memory?';
    const events = (): Promise<string> =>
      run([...system, 'get', 'events', '-o', 'jsonpath={range .items[*]}{.reason} {.message}{"\\n"}{end}']);
    await settled(events, `ConfigurationRefused ${problem}`);
    await settled(cpuOf, '50m');
    expect(await run([...system, 'describe', 'configmap', 'outrider-config'])).to.include(problem);
    const logs = await run([...system, 'logs', '-l', 'app.kubernetes.io/component=webhook', '--tail=200']);
    expect(logs).to.include('configuration refused').and.include('proxy-memroy');
  }).timeout(60_000);

  it('keeps a replica unready that starts with a bad version, while the others go on with the good one', async () => {
    await configure({ 'proxy-cpu': '50m' });
    await settled(cpuOf, '50m');
    await configure({ 'proxy-cpu': 'lots' });
    await run([...system, 'rollout', 'restart', 'deployment/outrider-webhook']);
    const logs = [...system, 'logs', '-l', 'app.kubernetes.io/component=webhook', '--tail=50'];
    // kubectl fails while a container is being made.
    const refusedAtStart = async (): Promise<boolean> =>
      (await run(logs).catch(() => '')).includes('"inForce":"none"');
    await until(refusedAtStart, AbortSignal.timeout(30_000));
    const pods = Object.entries(await readyColumn(cluster(), 'outrider-system'));
    const replicas = pods.filter(([name]) => name.startsWith('outrider-webhook-'));
    expect(replicas.map(([, ready]) => ready).sort()).to.deep.equal(['0/1', '1/1', '1/1']);
    expect(await cpuOf()).to.equal('50m');
    await run([...system, 'delete', 'configmap', 'outrider-config']);
    await waitForWebhook(cluster());
  }).timeout(120_000);

  it('denies what contradicts a setting that it enforces, and the opt-out where it enforces inject', async () => {
    expect(await cpuOf(optedOut)).to.equal('none');
    await configure({ enforced: 'proxy-cpu,inject', 'proxy-cpu': '50m' });
    await settled(
      () => cpuOf({ annotations: { 'outrider.io/proxy-cpu': '70m' } }),
      'pod annotation outrider.io/proxy-cpu: "70m" is not valid: expected "50m" or no value: ConfigMap outrider-config enforces it',
    );
    await settled(
      () => cpuOf(optedOut),
      'label outrider.io/inject: "false" is not valid: expected "true" or no label: ConfigMap outrider-config enforces it',
    );
    expect(await cpuOf(optedOut, other)).to.equal('none');
    expect(await cpuOf()).to.equal('50m');
  }).timeout(60_000);

  it('has below it a namespace that enforces, inject and other settings', async () => {
    await run(['annotate', 'namespace', enabled, 'outrider.io/enforced=proxy-cpu, inject']);
    const by = 'namespace annotation outrider.io/enforced enforces it';
    await settled(() => cpuOf({ annotations: { 'outrider.io/proxy-cpu': '70m' } }), by);
    await settled(() => cpuOf(optedOut), by);
    const { spec } = podManifest({ name: '' }) as { spec: object };
    expect(await cpuOf({ ...optedOut, spec: { ...spec, hostNetwork: true } })).to.equal('none');
    await run(['annotate', 'namespace', enabled, 'outrider.io/enforced-']);
    await settled(() => cpuOf(optedOut), 'none');
  }).timeout(60_000);
});
