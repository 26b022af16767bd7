import { expect } from 'chai';
import { type CreatedPod, dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { type HostileWebhook, startHostileWebhook, type Trick } from './hostile-webhook.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const [enabled, judged] = ['backstop-enabled', 'backstop-judged'];

/** The API server learns of policies, bindings and webhooks by watching them. */
const patience = (): AbortSignal => AbortSignal.timeout(30_000);

const names = (pod: CreatedPod): string =>
  pod.spec.initContainers.map(({ name }: { name: string }) => name).join(' ');

const indexOf = (pod: CreatedPod, name: string): number =>
  (pod.spec.initContainers ?? []).findIndex((one: { name: string }) => one.name === name);

const stranger = { name: 'stranger', image: 'stranger:1' };
const remedy =
  '; another webhook has changed the pod after Outrider: set its reinvocationPolicy to Never ' +
  '(kubectl get mutatingwebhookconfigurations lists all), or label the pod outrider.io/inject=false';

describe('the policy behind the webhooks', () => {
  const cluster = useOutrider();
  useNamespace(cluster, enabled);
  useNamespace(cluster, judged);
  const bare = podManifest({ name: 'app' });
  let injected: CreatedPod;

  before(async function () {
    this.timeout(120_000);
    await kubectl(cluster(), ['label', 'namespace', enabled, 'outrider.io/injection=enabled']);
    await until(async () => {
      injected = (await dryRunCreate(cluster(), enabled, bare)).pod;
      return injected !== undefined;
    }, patience());
    injected = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'app', annotations: injected.metadata.annotations },
      spec: injected.spec,
    };
  });

  it('has expressions that the API server can check against the schema of a pod', async () => {
    const path = ['-o', 'jsonpath={.status.typeChecking.expressionWarnings}'];
    const policy = ['get', 'validatingadmissionpolicy', 'outrider-backstop'];
    const checked = async (): Promise<boolean> =>
      (await kubectl(cluster(), [...policy, '-o', 'jsonpath={.status.observedGeneration}'])) !== '';
    await until(checked, patience());
    expect(await kubectl(cluster(), [...policy, ...path])).to.equal('');
  });

  describe('where no webhook is asked', () => {
    const binding = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'backstop-judged' },
      spec: {
        policyName: 'outrider-backstop',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': judged } } },
      },
    };

    before(async function () {
      this.timeout(60_000);
      await kubectl(cluster(), ['apply', '-f', '-'], { input: JSON.stringify(binding) });
      await until(
        async () => (await dryRunCreate(cluster(), judged, bare)).refusal !== undefined,
        patience(),
      );
    });
    after(async () => {
      await kubectl(cluster(), ['delete', 'validatingadmissionpolicybinding', binding.metadata.name]);
    });

    it('lets a pod pass that the webhook has made', async () => {
      expect(names((await dryRunCreate(cluster(), judged, injected)).pod)).to.equal(
        'outrider-proxy outrider-init',
      );
    });

    it('refuses a pod that the webhook has not seen, and asks for its configuration', async () => {
      const { refusal } = await dryRunCreate(cluster(), judged, bare);
      expect(refusal).to.contain(
        'outrider: the pod has no init container outrider-proxy: nothing would carry its traffic; is the ' +
          `MutatingWebhookConfiguration outrider-webhook there? If it is${remedy}`,
      );
    });

    const lacks: [string, (spec: CreatedPod) => void, string][] = [
      [
        'the proxy as a container of another kind',
        (spec) => {
          spec.containers.push({ ...spec.initContainers.shift(), restartPolicy: undefined });
        },
        'the pod has no init container outrider-proxy',
      ],
      [
        'a proxy that is no sidecar',
        (spec) => {
          delete spec.initContainers[0].restartPolicy;
          delete spec.initContainers[0].readinessProbe;
        },
        `the init container outrider-proxy lacks restartPolicy: Always: the pod would wait for its end${remedy}`,
      ],
      [
        'another container before the proxy',
        (spec) => spec.initContainers.unshift(stranger),
        `the first init container is stranger, where outrider-proxy has to be: it would get past the proxy${remedy}`,
      ],
      [
        'the proxy behind the init container',
        (spec) => spec.initContainers.reverse(),
        'the first init container is outrider-init, where outrider-proxy has to be',
      ],
      [
        'another container between the two',
        (spec) => spec.initContainers.splice(1, 0, stranger),
        `the init container behind outrider-proxy is not outrider-init: traffic would get past the proxy${remedy}`,
      ],
      [
        'no init container',
        (spec) => spec.initContainers.pop(),
        'the init container behind outrider-proxy is not outrider-init',
      ],
      [
        'no volume',
        (spec) => {
          spec.volumes = spec.volumes.filter(({ name }: { name: string }) => name !== 'outrider-run');
          for (const one of spec.initContainers) one.volumeMounts = [];
        },
        `the pod has no emptyDir outrider-run, mounted by outrider-proxy: the proxy would not start${remedy}`,
      ],
      [
        'a volume of another kind',
        (spec) => {
          spec.volumes = spec.volumes.map((one: { name: string }) =>
            one.name === 'outrider-run' ? { name: one.name, hostPath: { path: '/' } } : one,
          );
        },
        'the pod has no emptyDir outrider-run',
      ],
      [
        'a proxy that does not mount it',
        (spec) => {
          spec.initContainers[0].volumeMounts = [];
        },
        'the pod has no emptyDir outrider-run, mounted by outrider-proxy',
      ],
      [
        'the volume of the proxy in a container of the application',
        (spec) => spec.containers[0].volumeMounts.push({ name: 'outrider-run', mountPath: '/x' }),
        `container app mounts the volume outrider-run, which is the proxy's alone${remedy}`,
      ],
      [
        'the volume of the proxy in another init container',
        (spec) =>
          spec.initContainers.push({
            ...stranger,
            volumeMounts: [{ name: 'outrider-run', mountPath: '/x' }],
          }),
        'container stranger mounts the volume outrider-run',
      ],
    ];
    for (const [what, change, message] of lacks) {
      it(`refuses a pod with ${what}`, async () => {
        const pod = structuredClone(injected);
        change(pod.spec);
        const { refusal } = await dryRunCreate(cluster(), judged, pod);
        expect(refusal).to.contain(`outrider: ${message}`);
      });
    }

    it('lets pods pass that get no proxy: on the network of the node, or on Windows', async () => {
      const spec = { ...injected.spec, initContainers: [], hostNetwork: true };
      const node = await dryRunCreate(cluster(), judged, { ...injected, spec });
      expect(node.refusal).to.equal(undefined);
      const windows = { ...(bare as CreatedPod).spec, os: { name: 'windows' } };
      expect((await dryRunCreate(cluster(), judged, { ...injected, spec: windows })).refusal).to.equal(
        undefined,
      );
    });
  });

  describe('with a webhook that undoes the work of Outrider', () => {
    let hostile: HostileWebhook;
    before(async function () {
      this.timeout(60_000);
      hostile = await startHostileWebhook(cluster(), enabled);
    });
    after(async function () {
      this.timeout(60_000);
      await hostile.stop();
    });

    const at = (pod: CreatedPod, name: string): string => `/spec/initContainers/${indexOf(pod, name)}`;
    const tricks: [string, Trick, string][] = [
      [
        'strips the restartPolicy of the proxy, and its probe',
        (pod) =>
          indexOf(pod, 'outrider-proxy') < 0
            ? []
            : ['restartPolicy', 'readinessProbe'].map((field) => ({
                op: 'remove',
                path: `${at(pod, 'outrider-proxy')}/${field}`,
              })),
        'outrider-proxy lacks restartPolicy: Always',
      ],
      [
        'puts a container of its own before the proxy',
        (pod) => [
          ...(indexOf(pod, 'stranger') < 0 ? [] : ([{ op: 'remove', path: at(pod, 'stranger') }] as const)),
          { op: 'add', path: '/spec/initContainers/0', value: stranger },
        ],
        'the first init container is stranger',
      ],
      [
        'moves the init container to the end, behind its own',
        (pod) => {
          const rest = pod.spec.initContainers.filter(({ name }: { name: string }) =>
            ['outrider-proxy'].includes(name),
          );
          const init = pod.spec.initContainers[indexOf(pod, 'outrider-init')];
          return [{ op: 'replace', path: '/spec/initContainers', value: [...rest, stranger, init] }];
        },
        'the init container behind outrider-proxy is not outrider-init',
      ],
      [
        'removes the proxy',
        (pod) => [{ op: 'remove', path: at(pod, 'outrider-proxy') }],
        'the pod has no init container outrider-proxy',
      ],
      [
        'removes the volume and its mount',
        (pod) => [
          { op: 'replace', path: '/spec/volumes', value: [] },
          ...pod.spec.containers.map((_: unknown, index: number) => ({
            op: 'remove' as const,
            path: `/spec/containers/${index}/volumeMounts`,
          })),
          ...pod.spec.initContainers.map((_: unknown, index: number) => ({
            op: 'add' as const,
            path: `/spec/initContainers/${index}/volumeMounts`,
            value: [],
          })),
        ],
        'the pod has no emptyDir outrider-run',
      ],
    ];

    describe('before which Outrider is called again', () => {
      before(async function () {
        this.timeout(60_000);
        await hostile.setReinvocation('Never');
        let called = false;
        hostile.play(() => {
          called = true;
          return [];
        });
        await until(async () => {
          await dryRunCreate(cluster(), enabled, bare);
          return called;
        }, patience());
      });

      for (const [what, trick] of tricks) {
        it(`repairs the pod: one that ${what}`, async () => {
          let played = 0;
          hostile.play((pod) => {
            played += 1;
            return trick(pod);
          });
          const { pod, refusal } = await dryRunCreate(cluster(), enabled, bare);
          expect(refusal).to.equal(undefined);
          expect(played).to.equal(1);
          expect(pod.spec.initContainers.slice(0, 2)).to.deep.equal(injected.spec.initContainers);
          const run = pod.spec.volumes.filter(({ name }: { name: string }) => name === 'outrider-run');
          expect(run).to.have.lengthOf(1);
        });
      }
    });

    describe('after which Outrider is not called again', () => {
      before(async function () {
        this.timeout(60_000);
        await hostile.setReinvocation('IfNeeded');
        hostile.play(tricks[0]?.[1] ?? (() => []));
        const refused = async () => (await dryRunCreate(cluster(), enabled, bare)).refusal !== undefined;
        await until(refused, patience());
      });

      for (const [what, trick, message] of tricks) {
        it(`refuses the pod with the remedy: one that ${what}`, async () => {
          hostile.play(trick);
          const { refusal } = await dryRunCreate(cluster(), enabled, bare);
          expect(refusal).to.contain(message).and.to.contain(remedy);
        });
      }

      it('lets a pod pass that opts out of injection', async () => {
        hostile.play(() => []);
        const pod = podManifest({ name: 'app', labels: { 'outrider.io/inject': 'false' } });
        expect((await dryRunCreate(cluster(), enabled, pod)).refusal).to.equal(undefined);
      });
    });
  });
});
