import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { lacks, remedy, stranger } from '../webhook/injection/lacking-pods.ts';
import { type CreatedPod, dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { type HostileWebhook, startHostileWebhook, type Trick } from './hostile-webhook.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const enabled = 'backstop-enabled';

/** The API server learns of policies, bindings and webhooks by watching them. */
const patience = (): AbortSignal => AbortSignal.timeout(30_000);

const names = (pod: CreatedPod): string =>
  pod.spec.initContainers.map(({ name }: { name: string }) => name).join(' ');

const indexOf = (pod: CreatedPod, name: string): number =>
  (pod.spec.initContainers ?? []).findIndex((one: { name: string }) => one.name === name);

describe('the policy behind the webhooks', () => {
  const cluster = useOutrider();
  useNamespace(cluster, enabled);
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

  /** What has the last look, put before the pods of a namespace that no mutating webhook sees. */
  const judges = {
    'the policy': {
      namespace: 'backstop-policy',
      judgeOf: async (selector: object): Promise<object> => ({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'backstop-judge' },
        spec: {
          policyName: 'outrider-backstop',
          validationActions: ['Deny'],
          matchResources: { namespaceSelector: selector },
        },
      }),
    },
    'the webhook in its place': {
      namespace: 'backstop-webhook',
      judgeOf: async (selector: object): Promise<object> => {
        const file = new URL('../../manifests/kubernetes-1.29/backstop.yaml', import.meta.url);
        const { webhooks, ...configuration } = parse(readFileSync(file, 'utf8'), { merge: true });
        const [{ clientConfig, ...webhook }] = webhooks;
        const path = ['-o', 'jsonpath={.webhooks[0].clientConfig.caBundle}'];
        const own = ['get', 'mutatingwebhookconfiguration', 'outrider-webhook', ...path];
        const caBundle = await kubectl(cluster(), own);
        const judge = {
          ...webhook,
          clientConfig: { ...clientConfig, caBundle },
          namespaceSelector: selector,
        };
        return { ...configuration, metadata: { name: 'backstop-judge' }, webhooks: [judge] };
      },
    },
  };

  for (const [who, { namespace: judged, judgeOf }] of Object.entries(judges)) {
    describe(`judged by ${who}`, () => {
      useNamespace(cluster, judged);
      let judge = '';

      before(async function () {
        this.timeout(60_000);
        judge = JSON.stringify(await judgeOf({ matchLabels: { 'kubernetes.io/metadata.name': judged } }));
        await kubectl(cluster(), ['apply', '-f', '-'], { input: judge });
        await until(
          async () => (await dryRunCreate(cluster(), judged, bare)).refusal !== undefined,
          patience(),
        );
      });
      after(async () => {
        await kubectl(cluster(), ['delete', '-f', '-'], { input: judge });
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
  }

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

      it('cannot repair, so the policy refuses, a pod that was moved onto the network of the node', async () => {
        hostile.play(() => [{ op: 'add', path: '/spec/hostNetwork', value: true }]);
        const { refusal } = await dryRunCreate(cluster(), enabled, bare);
        const message = 'the pod is on the network of the node, whose traffic outrider-init would redirect';
        expect(refusal).to.contain(`outrider: ${message}${remedy}`);
      });
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
