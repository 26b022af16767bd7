import { expect } from 'chai';
import { useApi } from './api.ts';
import { installAuditor, removeAuditor, untilBoth } from './auditing.ts';
import { template } from './calling.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox, podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const [audited, odd] = ['auditor-audited', 'auditor-odd'];

/** Pods that no node runs. */
const waiting = (name: string): object => {
  const { spec } = podManifest({ name }) as { spec: object };
  return podManifest({ name, spec: { ...spec, schedulerName: 'nobody' } });
};

describe('the auditor of a real cluster', () => {
  const cluster = useOutrider();
  const request = useApi(cluster);
  useNamespace(cluster, audited);
  useNamespace(cluster, odd);
  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl(cluster(), args, input && { input: JSON.stringify(input) });
  const eventsIn = async (namespace: string): Promise<string[]> => {
    const shown =
      '{range .items[?(@.source.component=="outrider-auditor")]}{.involvedObject.kind}/{.involvedObject.name} {.reason} {.message}{"\\n"}{end}';
    const lines = await run(['-n', namespace, 'get', 'events', '-o', `jsonpath=${shown}`]);
    return lines.split('\n').filter((line) => line !== '');
  };
  const countOf = (state: string, metrics: string): number =>
    [...metrics.matchAll(/^outrider_audited_pods\{state="(\w+)",reason="[\w-]+"\} (\d+)$/gm)]
      .filter(([, one]) => one === state)
      .reduce((sum, [, , count]) => sum + Number(count), 0);

  before(async function () {
    this.timeout(180_000);
    const pods = template('web', [{ ...busybox, name: 'app', command: ['sleep', '1d'] }]) as {
      selector: object;
      template: { metadata: object; spec: object };
    };
    pods.template.spec = { ...pods.template.spec, schedulerName: 'nobody' };
    await run(['-n', audited, 'create', '-f', '-'], {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web' },
      spec: { replicas: 2, ...pods },
    });
    await run(['-n', audited, 'create', '-f', '-'], waiting('bare'));
    await run(['-n', odd, 'create', '-f', '-'], waiting('alone'));
    await installAuditor(cluster(), ['auditor']);
    await untilBoth(request, () => true, 60_000);
  });
  after(async function () {
    this.timeout(180_000);
    await removeAuditor(cluster());
  });

  it('tells of a pod that is older than the label of its namespace, once, by metrics and Events', async () => {
    await untilBoth(request, (metrics) => countOf('missing', metrics) === 0, 30_000);
    await run(['label', 'namespace', audited, 'outrider.io/injection=enabled']);
    await untilBoth(request, (metrics) => countOf('missing', metrics) === 3, 60_000);
    const told = async (): Promise<string[]> => (await eventsIn(audited)).sort();
    await until(async () => (await told()).length >= 2, AbortSignal.timeout(60_000));
    // Both replicas have told it by then.
    await untilBoth(
      request,
      (metrics) => /outrider_audit_events_total\{result="posted"\} [2-9]/.test(metrics),
      60_000,
    );
    const why =
      'the pod is older than what injects it (the namespace is labelled outrider.io/injection=enabled): delete it, and it is made anew';
    expect(await told()).to.deep.equal([
      `Pod/bare ProxyMissing outrider: the pod has no proxy: ${why}`,
      `ReplicaSet/web ProxyMissing outrider: a pod of it has no proxy: ${why}`,
    ]);
  }).timeout(180_000);

  it('sees that a pod was made anew, and that one has become outdated by settings of its namespace', async () => {
    await run(['-n', audited, 'delete', 'pod', '--all', '--grace-period=0', '--force']);
    await untilBoth(
      request,
      (metrics) => countOf('missing', metrics) === 0 && countOf('injected', metrics) >= 2,
      60_000,
    );
    await run(['annotate', 'namespace', audited, 'outrider.io/proxy-cpu=70m']);
    await untilBoth(request, (metrics) => countOf('outdated', metrics) === 2, 60_000);
    await run(['annotate', 'namespace', audited, 'outrider.io/proxy-cpu-']);
    await untilBoth(request, (metrics) => countOf('outdated', metrics) === 0, 60_000);
  }).timeout(180_000);

  it('sees what a change of the ConfigMap makes of all pods', async () => {
    const map = ['-n', 'outrider-system', 'configmap', 'outrider-config'];
    await run(['create', ...map, '--from-literal=proxy-cpu=60m']);
    try {
      await untilBoth(request, (metrics) => countOf('outdated', metrics) >= 2, 60_000);
    } finally {
      await run(['delete', ...map]);
    }
    await untilBoth(request, (metrics) => countOf('outdated', metrics) === 0, 60_000);
  }).timeout(180_000);

  it('tells of a label that means nothing, with its namespace', async () => {
    await run(['label', 'namespace', odd, 'outrider.io/injection=enable']);
    const one = /^outrider_audited_namespaces_misconfigured [1-9]/m;
    await untilBoth(request, (metrics) => one.test(metrics), 30_000);
    await until(async () => (await eventsIn(odd)).length > 0, AbortSignal.timeout(60_000));
    expect(await eventsIn(odd)).to.deep.equal([
      `Namespace/${odd} NamespaceMisconfigured outrider: label outrider.io/injection of namespace ${odd}: "enable" is not valid: expected enabled or disabled: it counts as none`,
    ]);
  }).timeout(120_000);
});
