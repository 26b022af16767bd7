import { expect } from 'chai';
import { enableInjection, template, useCalling } from './calling.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'limits';

describe('a namespace with a LimitRange and a ResourceQuota', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  const { app } = useCalling(cluster, 'limits-plain');
  const run = (...args: string[]): Promise<string> => kubectl(cluster(), ['-n', namespace, ...args]);
  const dryRun = (name: string): Promise<string> =>
    kubectl(cluster(), ['-n', namespace, 'create', '--dry-run=server', '-f', '-'], {
      input: JSON.stringify(podManifest({ name })),
    });

  const limitRange = {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'limits' },
    spec: {
      limits: [
        {
          type: 'Container',
          default: { cpu: '200m', memory: '64Mi' },
          defaultRequest: { cpu: '10m', memory: '16Mi' },
          max: { cpu: '1', memory: '512Mi' },
        },
      ],
    },
  };
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'quota' },
    spec: {
      hard: { pods: '2', 'requests.cpu': '1', 'limits.memory': '2Gi' },
    },
  };
  const deployment = (name: string): object => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: template(name, [app()]),
  });

  const create = (object: object): Promise<string> =>
    kubectl(cluster(), ['-n', namespace, 'create', '-f', '-'], { input: JSON.stringify(object) });

  before(async () => {
    await enableInjection(cluster(), namespace);
    await create({ apiVersion: 'v1', kind: 'List', items: [limitRange, quota] });
  });

  it('refuses a pod by name while the proxy may have more than the LimitRange allows', async () => {
    const said = await dryRun('greedy').catch((error) => String(error.stderr));
    expect(said).to.contain('maximum cpu usage per Container is 1, but limit is 2');
  });

  it('takes pods with a limit of its own for the proxy, and counts the proxy in', async () => {
    await kubectl(cluster(), ['annotate', 'namespace', namespace, 'outrider.io/proxy-cpu-limit=500m']);
    // The webhook watches namespaces; the change needs a moment to get there.
    const isTaken = (): Promise<boolean> =>
      dryRun('modest').then(
        () => true,
        () => false,
      );
    await until(isTaken, AbortSignal.timeout(10_000));
    await create(deployment('web'));
    await run('rollout', 'status', '--timeout=90s', 'deployment/web');
    expect(await run('logs', 'deployment/web', '-c', 'app')).to.equal('passed on: 1');
    const used = 'jsonpath={.status.used.limits\\.memory}';
    // 256Mi of the proxy, and beside it 128Mi of the init container, which are more than 64Mi of the application.
    expect(await run('get', 'quota', 'quota', '-o', used)).to.equal('384Mi');
  });
}).timeout(150_000);
