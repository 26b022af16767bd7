import { expect } from 'chai';
import { useNamespace } from './fixture.ts';
import { busyboxImageName } from './images.ts';
import { kubectl, kubectlBoth } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespaces = { enabled: 'warn-enabled', none: 'warn-none', disabled: 'warn-disabled' } as const;

const ineffective = { 'outrider.io/exclude-inbound-ports': '15020' };
const invalid = { 'outrider.io/proxy-cpus': '1' };
const noEffect =
  'Warning: outrider: pod annotation outrider.io/exclude-inbound-ports: 15020 has no effect: a port of the proxy itself, never captured';
const refused =
  'Warning: outrider: its pods will be refused: pod annotation outrider.io/proxy-cpus: "1" is not valid: expected a known setting: did you mean outrider.io/proxy-cpu?';

/** A workload of each kind that makes pods, all with the same template. */
const kinds: Readonly<Record<string, { apiVersion: string; spec: (template: object) => object }>> = {
  Deployment: { apiVersion: 'apps/v1', spec: (template) => ({ selector, template }) },
  StatefulSet: { apiVersion: 'apps/v1', spec: (template) => ({ selector, serviceName: 'web', template }) },
  DaemonSet: { apiVersion: 'apps/v1', spec: (template) => ({ selector, template }) },
  ReplicaSet: { apiVersion: 'apps/v1', spec: (template) => ({ selector, template }) },
  ReplicationController: { apiVersion: 'v1', spec: (template) => ({ template }) },
  Job: { apiVersion: 'batch/v1', spec: (template) => ({ template: once(template) }) },
  CronJob: {
    apiVersion: 'batch/v1',
    spec: (template) => ({ schedule: '0 0 1 1 *', jobTemplate: { spec: { template: once(template) } } }),
  },
};
const selector = { matchLabels: { app: 'web' } };

// biome-ignore lint/suspicious/noExplicitAny: a template as a user writes it.
const once = ({ metadata, spec }: any): object => ({ metadata, spec: { ...spec, restartPolicy: 'Never' } });

describe('warnings on a real cluster', () => {
  const cluster = useOutrider();
  for (const name of Object.values(namespaces)) useNamespace(cluster, name);

  before(async function () {
    this.timeout(90_000);
    for (const label of ['enabled', 'disabled'] as const) {
      await kubectl(cluster(), ['label', 'namespace', namespaces[label], `outrider.io/injection=${label}`]);
    }
    // The API server learns of a new configuration, and of its CA, a moment after kubectl has.
    await until(
      async () => (await create('Deployment', ineffective)).includes(noEffect),
      AbortSignal.timeout(80_000),
    );
  });

  const said = async (args: readonly string[], input?: object): Promise<string> =>
    (await kubectlBoth(cluster(), args, input && { input: JSON.stringify(input) })).stderr;

  const workload = (kind: string, annotations: object, labels: object = {}): object => {
    const { apiVersion, spec } = kinds[kind] ?? { apiVersion: '', spec: () => ({}) };
    const pod = podManifest({ name: 'web' }) as { spec: object };
    const template = { metadata: { labels: { app: 'web', ...labels }, annotations }, spec: pod.spec };
    return { apiVersion, kind, metadata: { name: 'web' }, spec: spec(template) };
  };

  const dryRun = ['create', '--dry-run=server', '-f', '-'];
  const create = (
    kind: string,
    annotations: object,
    labels?: object,
    namespace: string = namespaces.enabled,
  ) => said(['-n', namespace, ...dryRun], workload(kind, annotations, labels));

  it('tell who creates a pod of a setting without effect', async () => {
    const pod = podManifest({ name: 'web', annotations: ineffective });
    expect(await said(['-n', namespaces.enabled, ...dryRun], pod)).to.equal(noEffect);
    expect(await said(['-n', namespaces.enabled, ...dryRun], podManifest({ name: 'web' }))).to.equal('');
  });

  for (const kind of Object.keys(kinds)) {
    it(`tell who creates a ${kind} what its pods will be told, and for what they will be refused`, async () => {
      expect(await create(kind, ineffective)).to.equal(noEffect);
      expect(await create(kind, { ...ineffective, ...invalid })).to.equal(refused);
      expect(await create(kind, {})).to.equal('');
    });
  }

  it('come with kubectl create deployment, where the namespace says what is refused', async () => {
    const namespace = namespaces.enabled;
    await kubectl(cluster(), ['annotate', 'namespace', namespace, 'outrider.io/proxy-cpu=lots']);
    const deployment = ['deployment', 'web', `--image=${busyboxImageName}`, '--dry-run=server'];
    const expected =
      'Warning: outrider: its pods will be refused: namespace annotation outrider.io/proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi';
    const isSaid = async (): Promise<boolean> =>
      (await said(['-n', namespace, 'create', ...deployment])) === expected;
    await until(isSaid, AbortSignal.timeout(20_000));
    await kubectl(cluster(), ['annotate', 'namespace', namespace, 'outrider.io/proxy-cpu-']);
    const isUnsaid = async (): Promise<boolean> =>
      (await said(['-n', namespace, 'create', ...deployment])) === '';
    await until(isUnsaid, AbortSignal.timeout(20_000));
  });

  it('come again with a change of the spec, not with one of the metadata', async () => {
    const object = workload('Deployment', ineffective) as { spec: object };
    const scaled = { ...object, spec: { ...object.spec, replicas: 0 } };
    const namespace = ['-n', namespaces.enabled];
    expect(await said([...namespace, 'create', '-f', '-'], scaled)).to.equal(noEffect);
    expect(await said([...namespace, 'annotate', 'deployment/web', 'a=b'])).to.equal('');
    expect(await said([...namespace, 'set', 'env', 'deployment/web', 'A=b'])).to.equal(noEffect);
  });

  it('come where the pods ask by their own label, and nowhere else', async () => {
    const asks = { 'outrider.io/inject': 'true' };
    for (const kind of ['Deployment', 'CronJob']) {
      expect(await create(kind, invalid, asks, namespaces.none)).to.equal(refused);
      expect(await create(kind, invalid, {}, namespaces.none)).to.equal('');
      expect(await create(kind, invalid, asks, namespaces.disabled)).to.equal('');
    }
  });

  it('tell who writes the ConfigMap that this version will not be taken, and for what', async () => {
    const config = ['-n', 'outrider-system', 'create', 'configmap', '--dry-run=server'];
    expect(await said([...config, 'outrider-config', '--from-literal=proxy-cpus=1'])).to.equal(
      'Warning: outrider: this version is not taken: ConfigMap outrider-config proxy-cpus: "1" is not valid: expected a known setting: did you mean proxy-cpu?',
    );
    expect(await said([...config, 'outrider-config', '--from-literal=proxy-cpu=1'])).to.equal('');
    expect(await said([...config, 'another', '--from-literal=proxy-cpus=1'])).to.equal('');
  });

  it('tell who writes settings on a namespace that its pods will be refused, and for what', async () => {
    const annotate = (annotation: string): Promise<string> =>
      said(['annotate', 'namespace', namespaces.none, annotation, '--dry-run=server']);
    expect(await annotate('outrider.io/proxy-cpu=lots')).to.equal(
      'Warning: outrider: pods that get a proxy here will be refused: namespace annotation outrider.io/proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
    );
    expect(await annotate('outrider.io/proxy-cpu=50m')).to.equal('');
    expect(await annotate('example.io/proxy-cpu=lots')).to.equal('');
  });
});
