import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { parsePod } from '../../../webhook/admission/pod.ts';
import { decide } from '../../../webhook/decision/decide.ts';
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

const file = new URL('../../../manifests/webhook-configuration.yaml', import.meta.url);
const { webhooks } = parse(readFileSync(file, 'utf8'), { merge: true }) as { webhooks: Webhook[] };

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
function called(object: AnyPod, namespace: string, namespaceLabel: string | undefined): Webhook[] {
  const namespaceLabels = {
    'kubernetes.io/metadata.name': namespace,
    ...(namespaceLabel !== undefined && { 'outrider.io/injection': namespaceLabel }),
  };
  return webhooks.filter(
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

  for (const { name, matchConditions, ...webhook } of webhooks) {
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
              const calls = called(object, namespace, namespaceLabel).map(
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
});
