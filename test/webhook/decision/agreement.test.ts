import { expect } from 'chai';
import { parsePod } from '../../../webhook/admission/pod.ts';
import { decide } from '../../../webhook/decision/decide.ts';
import { chooseManifests } from '../../../webhook/installation/choose-manifests.ts';
import { paths } from '../../../webhook/server/app.ts';
import { type AnyPod, pod, review } from '../pods.ts';
import { type LabelSelector, selects } from './label-selector.ts';

interface Webhook {
  readonly name: string;
  readonly failurePolicy: string;
  readonly reinvocationPolicy: string;
  readonly sideEffects: string;
  readonly clientConfig: { readonly service: { readonly path: string }; readonly caBundle?: string };
  readonly rules: readonly object[];
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
}

const webhooksOf = (revision?: string): Webhook[] =>
  chooseManifests(35, { version: '0.1.0', revision })
    .filter(({ kind }) => kind === 'MutatingWebhookConfiguration')
    .flatMap((one) => one.webhooks as unknown as Webhook[]);

/** Two injectors that are installed. */
const injectors = [undefined, 'canary'] as const;
const webhooks = webhooksOf();

/** What the conditions say in CEL, said again as facts of a pod. A real API server evaluates them in test/cluster. */
const conditions: Readonly<Record<string, { expression: string; holds: (object: AnyPod) => boolean }>> = {
  'pod-network': {
    expression: '!object.spec.?hostNetwork.orValue(false)',
    holds: ({ spec }) => spec.hostNetwork !== true,
  },
  'not-windows': {
    expression:
      "object.spec.?os.?name.orValue('') != 'windows' && object.spec.?nodeSelector[?'kubernetes.io/os'].orValue('') != 'windows'",
    holds: ({ spec }) => spec.os?.name !== 'windows' && spec.nodeSelector?.['kubernetes.io/os'] !== 'windows',
  },
  'not-a-mirror-pod': {
    expression: "!object.metadata.?annotations[?'kubernetes.io/config.mirror'].hasValue()",
    holds: ({ metadata }) => metadata.annotations?.['kubernetes.io/config.mirror'] === undefined,
  },
};

/** The webhooks that the API server would call for the CREATE of a pod. */
function called(
  object: AnyPod,
  namespace: { readonly name: string; readonly label: string | undefined; readonly revision?: string },
  all: readonly Webhook[] = webhooks,
): Webhook[] {
  const namespaceLabels = {
    'kubernetes.io/metadata.name': namespace.name,
    ...(namespace.label !== undefined && { 'outrider.io/injection': namespace.label }),
    ...(namespace.revision !== undefined && { 'outrider.io/revision': namespace.revision }),
  };
  return all.filter(
    ({ namespaceSelector, objectSelector, matchConditions }) =>
      selects(namespaceSelector, namespaceLabels) &&
      selects(objectSelector, object.metadata.labels ?? {}) &&
      matchConditions.every(({ name }) => conditions[name]?.holds(object)),
  );
}

const labelOf: Readonly<Record<string, string | undefined>> = {
  [paths.enabledNamespace]: 'enabled',
  [paths.labelledPod]: undefined,
};

describe('the webhook configuration', () => {
  it('has one webhook for each path of the server', () => {
    const served = webhooks.map(({ clientConfig }) => clientConfig.service.path);
    expect(served).to.deep.equal([paths.enabledNamespace, paths.labelledPod]);
  });

  it('has for a revision a second one for each path, for pods that name it themselves', () => {
    const served = webhooksOf('canary').map(({ clientConfig }) => clientConfig.service.path);
    const once = [paths.enabledNamespace, paths.labelledPod];
    expect(served).to.deep.equal([...once, ...once]);
  });

  for (const { name, matchConditions, ...webhook } of [...webhooks, ...webhooksOf('canary')]) {
    it(`fails closed and is called again after others: ${name}`, () => {
      expect(webhook).to.include({
        failurePolicy: 'Fail',
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'NoneOnDryRun',
      });
      expect(webhook.clientConfig).not.to.have.property('caBundle');
      expect(webhook.rules).to.deep.equal([
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE'],
          resources: ['pods'],
          scope: 'Namespaced',
        },
      ]);
    });

    it(`has the conditions whose meaning is tested here, word by word: ${name}`, () => {
      const expected = Object.entries(conditions).map(([name, { expression }]) => ({ name, expression }));
      expect(
        matchConditions.map(({ name, expression }) => ({ name, expression: expression.trim() })),
      ).to.deep.equal(expected);
    });
  }

  const namespaces = ['shop', 'kube-system', 'kube-public', 'kube-node-lease', 'outrider-system'];
  const namespaceLabels = [undefined, '', 'enabled', 'disabled', 'Enabled', 'on'];
  const podLabels = [undefined, '', 'true', 'false', 'True', 'yes'];
  const specs = [
    {},
    { hostNetwork: true },
    { hostNetwork: false },
    { os: { name: 'windows' } },
    { os: { name: 'linux' } },
    { nodeSelector: { 'kubernetes.io/os': 'windows' } },
    { nodeSelector: { 'kubernetes.io/os': 'linux', disk: 'windows' } },
  ];
  const annotationSets = [undefined, {}, { 'kubernetes.io/config.mirror': 'a1b2' }];

  for (const namespaceLabel of namespaceLabels) {
    for (const podLabel of podLabels) {
      const cell = `namespace ${JSON.stringify(namespaceLabel ?? null)}, pod ${JSON.stringify(podLabel ?? null)}`;
      it(`lets reach the webhook exactly what is not skipped, by one path: ${cell}`, () => {
        for (const namespace of namespaces) {
          for (const spec of specs) {
            for (const annotations of annotationSets) {
              const labels = podLabel === undefined ? {} : { 'outrider.io/inject': podLabel };
              const object = pod({ metadata: { labels, annotations }, spec });
              const parsed = parsePod(object);
              if (!parsed.ok) throw new Error(parsed.problems.join('; '));
              const decision = decide({
                namespace,
                namespaceLabel,
                pod: parsed.pod,
                ownNamespace: 'outrider-system',
              });
              const calls = called(object, { name: namespace, label: namespaceLabel }).map(
                ({ clientConfig }) => clientConfig.service.path,
              );
              const where = JSON.stringify({ namespace, spec, annotations });
              expect(calls, where).to.have.lengthOf(decision.kind === 'skip' ? 0 : 1);
              for (const path of calls) {
                const verdict = review(object, { namespace, label: labelOf[path] });
                expect(verdict.decision, `${where} by ${path}`).to.equal(decision.kind);
                expect(verdict.reason, `${where} by ${path}`).to.equal(decision.reason);
              }
            }
          }
        }
      });
    }
  }

  /** Of a namespace or a pod: no revision, one that is installed, one that is not, and an empty label. */
  const revisions = [undefined, 'canary', 'gone', ''];

  for (const namespaceRevision of revisions) {
    for (const podRevision of revisions) {
      const cell = `namespace ${JSON.stringify(namespaceRevision ?? null)}, pod ${JSON.stringify(podRevision ?? null)}`;
      it(`takes a pod to one injector, or to none where its revision is not installed: ${cell}`, () => {
        const asked = podRevision ?? namespaceRevision;
        for (const label of namespaceLabels) {
          for (const podLabel of podLabels) {
            const labels = {
              ...(podLabel !== undefined && { 'outrider.io/inject': podLabel }),
              ...(podRevision !== undefined && { 'outrider.io/revision': podRevision }),
            };
            const object = pod({ metadata: { labels } });
            const whether = review(object, { label, injector: { revision: asked }, revision: asked });
            const takers = injectors.flatMap((own) => {
              const namespace = {
                ...{ name: 'shop', label },
                ...(namespaceRevision !== undefined && { revision: namespaceRevision }),
              };
              const calls = called(object, namespace, webhooksOf(own));
              const verdict = review(object, {
                ...{ label, injector: { revision: own } },
                ...(namespaceRevision !== undefined && { revision: namespaceRevision }),
              });
              const where = JSON.stringify({ label, podLabel, own });
              expect(calls, where).to.have.lengthOf(verdict.decision === 'skip' ? 0 : 1);
              return calls.map(() => own);
            });
            const isInstalled = injectors.some((own) => own === asked);
            const expected = isInstalled && whether.decision !== 'skip' ? [asked] : [];
            expect(takers, JSON.stringify({ label, podLabel })).to.deep.equal(expected);
          }
        }
      });
    }
  }
});
