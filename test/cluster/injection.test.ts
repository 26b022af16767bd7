import { expect } from 'chai';
import { ExecaError } from 'execa';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { type PodInput, podManifest, readyColumn, runPods } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const namespaces = { enabled: 'inject-enabled', none: 'inject-none', disabled: 'inject-disabled' } as const;
type NamespaceLabel = keyof typeof namespaces;

describe('injection on a real cluster', () => {
  const cluster = useOutrider();
  for (const name of Object.values(namespaces)) useNamespace(cluster, name);

  before(async () => {
    for (const label of ['enabled', 'disabled'] as const) {
      await kubectl(cluster(), ['label', 'namespace', namespaces[label], `outrider.io/injection=${label}`]);
    }
  });

  /** Creates the pod without keeping it (server-side dry run): the pod's containers in their order, or the refusal. */
  const dryRun = async (namespace: string, pod: PodInput): Promise<string> => {
    const create = ['-n', namespace, 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
    try {
      const created = JSON.parse(
        await kubectl(cluster(), create, { input: JSON.stringify(podManifest(pod)) }),
      );
      const { initContainers = [], containers } = created.spec as Record<string, { name: string }[]>;
      return [...initContainers, ...(containers ?? [])].map(({ name }) => name).join(' ');
    } catch (error) {
      if (error instanceof ExecaError) return String(error.stderr);
      throw error;
    }
  };

  describe('what kubectl get pods shows', () => {
    const label = (value: string): Partial<PodInput> => ({ labels: { 'outrider.io/inject': value } });

    it('is 2/2 for a pod in a labelled namespace, and 1/1 for one that opts out or uses the network of the node', async () => {
      await runPods(cluster(), namespaces.enabled, [
        { name: 'plain' },
        { name: 'opted-in', ...label('true') },
        { name: 'opted-out', ...label('false') },
        {
          name: 'host-network',
          spec: { ...(podManifest({ name: '' }) as { spec: object }).spec, hostNetwork: true },
        },
      ]);
      expect(await readyColumn(cluster(), namespaces.enabled)).to.deep.equal({
        plain: '2/2',
        'opted-in': '2/2',
        'opted-out': '1/1',
        'host-network': '1/1',
      });
    });

    it('is 1/1 for a pod in a namespace without the label, and 2/2 for one that asks by its own label', async () => {
      await runPods(cluster(), namespaces.none, [{ name: 'plain' }, { name: 'opted-in', ...label('true') }]);
      expect(await readyColumn(cluster(), namespaces.none)).to.deep.equal({
        plain: '1/1',
        'opted-in': '2/2',
      });
    });

    it('is 1/1 in a namespace that is labelled disabled, whatever the pod asks for', async () => {
      await runPods(cluster(), namespaces.disabled, [
        { name: 'plain' },
        { name: 'opted-in', ...label('true') },
      ]);
      expect(await readyColumn(cluster(), namespaces.disabled)).to.deep.equal({
        plain: '1/1',
        'opted-in': '1/1',
      });
    });
  });

  describe('the whole table of labels', () => {
    const injected = 'outrider-proxy outrider-init app';
    const refused = /outrider\.io\/inject: "maybe" is not valid: expected true or false/;
    const table: [NamespaceLabel, string | undefined, string | RegExp][] = [
      ['enabled', undefined, injected],
      ['enabled', 'true', injected],
      ['enabled', 'false', 'app'],
      ['enabled', 'maybe', refused],
      ['none', undefined, 'app'],
      ['none', 'true', injected],
      ['none', 'false', 'app'],
      ['none', 'maybe', 'app'],
      ['disabled', undefined, 'app'],
      ['disabled', 'true', 'app'],
      ['disabled', 'false', 'app'],
      ['disabled', 'maybe', 'app'],
    ];
    for (const [namespace, label, outcome] of table) {
      it(`namespace ${namespace}, pod ${label ?? 'without label'}: ${outcome}`, async () => {
        const labels = label === undefined ? {} : { 'outrider.io/inject': label };
        const result = await dryRun(namespaces[namespace], { name: 'cell', labels });
        if (typeof outcome === 'string') expect(result).to.equal(outcome);
        else expect(result).to.match(outcome);
      });
    }
  });

  describe('a pod that would get past the proxy', () => {
    const status = { 'outrider.io/status': '{"version":"0.1.0","settings":"sha256:0"}' };
    const app = (podManifest({ name: '' }) as { spec: { containers: object[] } }).spec.containers;
    const impostor = (name: string): object => ({ ...app[0], name, restartPolicy: 'Always' });

    it('gains nothing by a status annotation of its own making', async () => {
      const result = await dryRun(namespaces.enabled, { name: 'forged', annotations: status });
      expect(result).to.equal('outrider-proxy outrider-init app');
    });

    it('has its own containers by our names replaced where it claims to be injected', async () => {
      const input = podManifest({
        name: 'forged',
        annotations: status,
        spec: { containers: app, initContainers: [impostor('outrider-init'), impostor('outrider-proxy')] },
      });
      const create = ['-n', namespaces.enabled, 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
      const { spec } = JSON.parse(await kubectl(cluster(), create, { input: JSON.stringify(input) }));
      const images = spec.initContainers.map(
        ({ name, image }: { name: string; image: string }) => `${name} ${image}`,
      );
      expect(images).to.deep.equal([
        'outrider-proxy envoyproxy/envoy:distroless-v1.40.0',
        'outrider-init outrider:0.1.0',
      ]);
    });

    const refusals: [string, Record<string, unknown>, string][] = [
      [
        'a container',
        { containers: [impostor('outrider-proxy')].map((one) => ({ ...one, restartPolicy: undefined })) },
        'container outrider-proxy: command cannot be overridden',
      ],
      [
        'an init container',
        { containers: app, initContainers: [impostor('outrider-init')] },
        'container outrider-init: the name is reserved',
      ],
      [
        'a volume',
        { containers: app, volumes: [{ name: 'outrider-run', emptyDir: {} }] },
        'volume outrider-run: the name is reserved',
      ],
      [
        'a mount of the volume',
        { containers: [{ ...app[0], volumeMounts: [{ name: 'outrider-run', mountPath: '/x' }] }] },
        'mounts the volume outrider-run',
      ],
    ];
    for (const [what, spec, reason] of refusals) {
      it(`is refused for ${what} by one of our names`, async () => {
        expect(await dryRun(namespaces.enabled, { name: 'reserved', spec })).to.contain(reason);
      });
    }
  });

  it('merges a container outrider-proxy of the author over the proxy', async () => {
    const app = (podManifest({ name: '' }) as { spec: { containers: object[] } }).spec.containers;
    const word = {
      name: 'outrider-proxy',
      image: 'auto',
      env: [{ name: 'TZ', value: 'UTC' }],
      resources: { requests: { cpu: '20m' } },
    };
    const input = podManifest({ name: 'word', spec: { containers: [word, ...app] } });
    const create = ['-n', namespaces.enabled, 'create', '-o', 'json', '-f', '-'];
    const { spec } = JSON.parse(await kubectl(cluster(), create, { input: JSON.stringify(input) }));
    const [proxy] = spec.initContainers;
    expect(proxy).to.deep.include({
      name: 'outrider-proxy',
      image: 'envoyproxy/envoy:distroless-v1.40.0',
      imagePullPolicy: 'IfNotPresent',
      restartPolicy: 'Always',
      resources: { limits: { cpu: '2', memory: '256Mi' }, requests: { cpu: '20m', memory: '64Mi' } },
    });
    expect(proxy.env.at(-1)).to.deep.equal({ name: 'TZ', value: 'UTC' });
    const wait = ['-n', namespaces.enabled, 'wait', '--for=condition=Ready', '--timeout=60s', 'pod/word'];
    await kubectl(cluster(), wait);
    await kubectl(cluster(), ['-n', namespaces.enabled, 'delete', 'pod', 'word', '--wait=true']);
  });

  it('refuses a pod with all of its bad settings at once, each by name', async () => {
    const annotations = { 'outrider.io/exclude-outbound-prots': '80', 'outrider.io/proxy-cpu': 'much' };
    const result = await dryRun(namespaces.enabled, { name: 'bad', annotations });
    expect(result).to.contain('did you mean outrider.io/exclude-outbound-ports?');
    expect(result).to.contain('outrider.io/proxy-cpu: "much" is not valid');
  });

  it('takes a setting of the namespace as the default of its pods', async () => {
    const [namespace, key] = [namespaces.none, 'outrider.io/proxy-log-level'];
    await kubectl(cluster(), ['annotate', 'namespace', namespace, `${key}=loud`]);
    const pod = { name: 'bad', labels: { 'outrider.io/inject': 'true' } };
    // The webhook watches namespaces; the change needs a moment to get there.
    const deadline = Date.now() + 5000;
    let result = '';
    while (Date.now() < deadline && !result.includes('loud')) result = await dryRun(namespace, pod);
    await kubectl(cluster(), ['annotate', 'namespace', namespace, `${key}-`]);
    expect(result).to.contain(`namespace annotation ${key}: "loud" is not valid`);
  });
});
