import { expect } from 'chai';
import { dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox, type PodInput, podManifest } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'attacks';
/** What no log may show, whatever becomes of the pod. */
const secret = 'hunter2-hunter2';

const app = { ...busybox, name: 'app', env: [{ name: 'PASSWORD', value: secret }] };
const status = { 'outrider.io/status': '{"version":"0.1.0"}' };
const impostor = { ...app, restartPolicy: 'Always' };
const cidrs = (count: number): string => Array(count).fill('10.11.12.13/32').join(',');

const refused: [string, Omit<PodInput, 'name'>, string][] = [
  [
    'reserved names, whatever the status annotation claims',
    { annotations: status, spec: { containers: [app, { ...app, name: 'outrider-proxy' }] } },
    'container outrider-proxy: the name is reserved',
  ],
  [
    'a volume of a reserved name',
    { spec: { containers: [app], volumes: [{ name: 'outrider-run', hostPath: { path: '/' } }] } },
    'volume outrider-run: the name is reserved',
  ],
  [
    'a look into the folder of the proxy, in a pod that claims to be injected',
    {
      annotations: status,
      spec: {
        containers: [{ ...app, volumeMounts: [{ name: 'outrider-run', mountPath: '/x' }] }],
        volumes: [{ name: 'outrider-run', emptyDir: {} }],
      },
    },
    'container app: mounts the volume outrider-run',
  ],
  [
    'a port of the proxy',
    { spec: { containers: [{ ...app, ports: [{ containerPort: 15021 }] }] } },
    "container app: port 15021 is the proxy's",
  ],
  [
    'shared processes',
    { spec: { containers: [app], shareProcessNamespace: true } },
    'spec.shareProcessNamespace: would let the application reach into',
  ],
  [
    'the processes of the node',
    { spec: { containers: [app], hostPID: true } },
    'spec.hostPID: would let the application reach into',
  ],
  [
    'an opt-out by annotation',
    { annotations: { 'outrider.io/inject': 'false' } },
    'pod annotation outrider.io/inject: "false" is not valid: expected it as a label',
  ],
  [
    'the uid of the proxy for itself',
    {
      annotations: { 'outrider.io/proxy-uid': '1000' },
      spec: { containers: [{ ...app, securityContext: { runAsUser: 1000 } }] },
    },
    'outrider.io/proxy-uid: "1000" is not valid: expected an id that nothing in the pod asks for',
  ],
  [
    'a secret where a setting should be',
    { annotations: { 'outrider.io/proxy-cpu': secret }, spec: { containers: [app] } },
    `outrider.io/proxy-cpu: "${secret}" is not valid`,
  ],
  [
    'annotations of more than 256 KiB',
    { annotations: { 'outrider.io/exclude-outbound-cidrs': cidrs(18_000) } },
    'bytes long, the most is 262144',
  ],
  [
    'settings that no process could be started with',
    { annotations: { 'outrider.io/exclude-outbound-cidrs': cidrs(9_000) } },
    'env OUTRIDER_CONFIG would be',
  ],
  [
    'three thousand containers on a port of the proxy',
    {
      spec: {
        containers: Array.from({ length: 3000 }, (_, index) => ({
          ...busybox,
          name: `c${index}`,
          ports: [{ containerPort: 15001 }],
        })),
      },
    },
    'and 2980 more',
  ],
  [
    'ten thousand settings that do not exist',
    {
      annotations: Object.fromEntries(
        Array.from({ length: 10_000 }, (_, index) => [`outrider.io/k${index}`, '']),
      ),
    },
    'and 9980 more',
  ],
];

describe('an attack on the webhook, through a real API server', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  before(async () => {
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  });

  after('nothing of it is in the log', async () => {
    const logs = ['-n', 'outrider-system', 'logs', '-l', 'app.kubernetes.io/component=webhook', '--tail=-1'];
    const text = await kubectl(cluster(), logs);
    expect(text).to.contain('"reason":"reserved"').and.not.to.contain(secret);
  });

  for (const [what, pod, message] of refused) {
    it(`is refused by name, and at once: ${what}`, async () => {
      const started = performance.now();
      const { refusal } = await dryRunCreate(cluster(), namespace, podManifest({ name: 'attack', ...pod }));
      expect(refusal).to.contain('outrider: ').and.to.contain(message);
      // `timeoutSeconds` is 5: a webhook that is kept busy for longer keeps all pods from starting.
      expect(performance.now() - started).to.be.below(4_000);
    });
  }

  it('gains nothing by containers of its own by our names', async () => {
    const spec = {
      containers: [app],
      initContainers: ['outrider-init', 'outrider-proxy'].map((name) => ({ ...impostor, name })),
    };
    const input = podManifest({ name: 'attack', annotations: status, spec });
    const { pod } = await dryRunCreate(cluster(), namespace, input);
    const images = pod.spec.initContainers.map(({ image }: { image: string }) => image);
    expect(images).to.deep.equal(['envoyproxy/envoy:distroless-v1.40.0', 'outrider:0.1.0']);
  });

  it('gains nothing by a field twice, or nested five thousand deep', async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const input = JSON.stringify(podManifest({ name: 'attack' })).replace(
      '"spec":{',
      `"spec":{"hostNetwork":true,"x":${deep},"hostNetwork":false,`,
    );
    // As it is: kubectl would send each field once.
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Ignore`;
    const created = await kubectl(cluster(), ['create', '--raw', path, '-f', '-'], { input });
    const { spec } = JSON.parse(created);
    const names = spec.initContainers.map(({ name }: { name: string }) => name);
    expect(names).to.deep.equal(['outrider-proxy', 'outrider-init']);
  });
});
