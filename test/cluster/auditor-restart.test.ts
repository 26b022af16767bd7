import { expect } from 'chai';
import { useApi } from './api.ts';
import { installAuditor, readAudits, removeAuditor, untilBoth } from './auditing.ts';
import { template } from './calling.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'auditor-restart';

/** Every two seconds a look, and five from one restart to the next. */
const interval = {
  target: { kind: 'Deployment', name: 'outrider-auditor' },
  patch: JSON.stringify([
    { op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--restart-interval=5s' },
  ]),
};

describe('the auditor that restarts, on a real node', () => {
  const cluster = useOutrider();
  const request = useApi(cluster);
  useNamespace(cluster, namespace);
  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl(cluster(), ['-n', namespace, ...args], input && { input: JSON.stringify(input) });
  const create = (kind: string, name: string, spec: object = {}): Promise<string> => {
    const script = 'trap exit TERM; while sleep 1; do :; done';
    const pods = template(name, [{ ...busybox, name: 'app', command: ['sh', '-c', script] }]);
    const more = kind === 'StatefulSet' ? { serviceName: name } : {};
    const object = { apiVersion: 'apps/v1', kind, metadata: { name }, spec: { ...pods, ...more, ...spec } };
    return run(['create', '-f', '-'], object);
  };
  const ready = (what: string): Promise<string> => run(['rollout', 'status', '--timeout=90s', what]);

  /** Names of the containers beside the application's, of each pod of the workload that is not being deleted. */
  const proxies = async (name: string): Promise<string[]> => {
    const { items } = JSON.parse(await run(['get', 'pods', '-l', `app=${name}`, '-o', 'json']));
    return items
      .filter(({ metadata }: { metadata: { deletionTimestamp?: string } }) => !metadata.deletionTimestamp)
      .map(({ spec }: { spec: { initContainers?: { name: string }[] } }) =>
        (spec.initContainers ?? []).map((container) => container.name).join(),
      );
  };
  const has = 'outrider-proxy,outrider-init';
  const events = async (what: string): Promise<string[]> => {
    const shown = '{range .items[*]}{.involvedObject.kind}/{.involvedObject.name} {.reason}{"\\n"}{end}';
    const lines = await run(['get', 'events', '-o', `jsonpath=${shown}`]);
    return lines.split('\n').filter((line) => line.startsWith(`${what} `));
  };
  const restarts = async (result: string): Promise<number> =>
    (await readAudits(request))
      .map((metrics) =>
        Number(
          new RegExp(`^outrider_audit_restarts_total\\{result="${result}"\\} (\\d+)`, 'm').exec(
            metrics,
          )?.[1] ?? 0,
        ),
      )
      .reduce((sum, one) => sum + one, 0);
  const comes = (condition: () => Promise<boolean>): Promise<void> =>
    until(condition, AbortSignal.timeout(150_000));

  before(async function () {
    this.timeout(240_000);
    await create('Deployment', 'web', { replicas: 2 });
    await create('Deployment', 'held', { replicas: 1 });
    await create('Deployment', 'paused', { replicas: 1 });
    await create('StatefulSet', 'db', { replicas: 1, updateStrategy: { type: 'OnDelete' } });
    await run(['create', 'poddisruptionbudget', 'held', '--selector=app=held', '--max-unavailable=0']);
    for (const name of ['web', 'held', 'paused']) await ready(`deployment/${name}`);
    await run(['wait', 'statefulset/db', '--for=jsonpath={.status.readyReplicas}=1', '--timeout=90s']);
    await run(['rollout', 'pause', 'deployment/paused']);
    await installAuditor(cluster(), ['auditor', 'auditor-restart'], [interval]);
    await untilBoth(request, () => true, 60_000);
    await kubectl(cluster(), ['annotate', 'namespace', namespace, 'outrider.io/proxy-cpu=10m']);
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  });
  after(async function () {
    this.timeout(180_000);
    await removeAuditor(cluster());
  });

  it('gives the pods of a Deployment their proxy, and evicts one whose strategy is OnDelete', async () => {
    await comes(async () => (await proxies('web')).join(' ') === `${has} ${has}`);
    await comes(async () => (await proxies('db')).join() === has);
    expect(await events('Deployment/web')).to.include('Deployment/web Restarted');
    expect(await events('StatefulSet/db')).to.include('StatefulSet/db PodEvicted');
  }).timeout(320_000);

  it('restarts each once, though there are two replicas', async () => {
    await comes(async () => (await restarts('healed')) >= 2);
    expect(await restarts('restarted')).to.equal(1);
    expect(await restarts('evicted')).to.equal(1);
    const replicaSets = await run(['get', 'replicasets', '-l', 'app=web', '-o', 'name']);
    expect(replicaSets.trim().split('\n')).to.have.lengthOf(2);
  }).timeout(200_000);

  it('waits for a PodDisruptionBudget and for a paused rollout, and says so', async () => {
    await comes(async () => (await events('Deployment/held')).includes('Deployment/held RestartWaits'));
    await comes(async () => (await events('Deployment/paused')).includes('Deployment/paused RestartWaits'));
    expect(await proxies('held')).to.deep.equal(['']);
    expect(await proxies('paused')).to.deep.equal(['']);
    await run([
      'patch',
      'poddisruptionbudget',
      'held',
      '--type=merge',
      '-p',
      '{"spec":{"maxUnavailable":1}}',
    ]);
    await comes(async () => (await proxies('held')).join() === has);
    expect(await proxies('paused')).to.deep.equal(['']);
  }).timeout(400_000);
});
