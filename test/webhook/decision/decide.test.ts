import { expect } from 'chai';
import { parsePod } from '../../../webhook/admission/pod.ts';
import { type Decision, decide, explainDecision } from '../../../webhook/decision/decide.ts';
import { type AnyPod, pod } from '../pods.ts';

function decisionOf(object: AnyPod, namespaceLabel: string | undefined, namespace = 'shop'): Decision {
  const parsed = parsePod(object);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return decide({ namespace, namespaceLabel, pod: parsed.pod, ownNamespace: 'outrider-system' });
}

const labelled = (value: string | undefined): AnyPod =>
  pod({ metadata: { labels: value === undefined ? {} : { 'outrider.io/inject': value } } });

describe('the decision', () => {
  for (const [namespaceLabel, podLabel, kind, reason] of [
    ['enabled', undefined, 'inject', 'namespace-enabled'],
    ['enabled', 'true', 'inject', 'pod-label-true'],
    ['enabled', 'false', 'skip', 'pod-label-false'],
    ['enabled', 'yes', 'deny', 'pod-label-invalid'],
    ['enabled', 'True', 'deny', 'pod-label-invalid'],
    ['enabled', '', 'deny', 'pod-label-invalid'],
    [undefined, undefined, 'skip', 'not-enabled'],
    [undefined, 'true', 'inject', 'pod-label-true'],
    [undefined, 'false', 'skip', 'pod-label-false'],
    [undefined, 'yes', 'skip', 'not-enabled'],
    ['', undefined, 'skip', 'not-enabled'],
    ['Enabled', undefined, 'skip', 'not-enabled'],
    ['Enabled', 'true', 'inject', 'pod-label-true'],
    ['on', 'false', 'skip', 'pod-label-false'],
    ['on', 'yes', 'skip', 'not-enabled'],
    ['disabled', undefined, 'skip', 'namespace-disabled'],
    ['disabled', 'true', 'skip', 'namespace-disabled'],
    ['disabled', 'false', 'skip', 'namespace-disabled'],
    ['disabled', 'yes', 'skip', 'namespace-disabled'],
  ] as const) {
    const cell = `namespace ${JSON.stringify(namespaceLabel ?? null)}, pod ${JSON.stringify(podLabel ?? null)}`;
    it(`is to ${kind} by ${reason} for ${cell}`, () => {
      expect(decisionOf(labelled(podLabel), namespaceLabel)).to.deep.include({ kind, reason });
    });
  }

  it('names the label and the value of which it denies a pod', () => {
    expect(decisionOf(labelled('yes'), 'enabled').message).to.equal(
      'label outrider.io/inject: "yes" is not valid: expected true or false',
    );
  });

  for (const namespace of ['kube-system', 'kube-public', 'kube-node-lease']) {
    it(`is to skip the system namespace ${namespace}, whatever the labels`, () => {
      expect(decisionOf(labelled('true'), 'enabled', namespace)).to.include({
        kind: 'skip',
        reason: 'system-namespace',
      });
    });
  }

  it("is to skip Outrider's own namespace, whatever the labels", () => {
    expect(decisionOf(labelled('true'), 'enabled', 'outrider-system')).to.include({
      kind: 'skip',
      reason: 'own-namespace',
    });
  });

  for (const [reason, subject] of [
    ['host-network', { spec: { hostNetwork: true } }],
    ['windows', { spec: { os: { name: 'windows' } } }],
    ['windows', { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } }],
    ['mirror-pod', { metadata: { annotations: { 'kubernetes.io/config.mirror': '' } } }],
  ] as const) {
    it(`is to skip a pod for ${reason}: ${JSON.stringify(subject)}`, () => {
      const object = pod(subject);
      expect(decisionOf(object, 'enabled')).to.include({ kind: 'skip', reason });
      object.metadata.labels = { 'outrider.io/inject': 'true' };
      expect(decisionOf(object, undefined)).to.include({ kind: 'skip', reason });
      object.metadata.labels = { 'outrider.io/inject': 'yes' };
      expect(decisionOf(object, 'enabled'), 'a bad label').to.include({ kind: 'skip', reason });
    });
  }

  for (const [what, subject] of [
    ['hostNetwork false', { spec: { hostNetwork: false } }],
    ['Linux by its os', { spec: { os: { name: 'linux' } } }],
    ['Linux by its nodeSelector', { spec: { nodeSelector: { 'kubernetes.io/os': 'linux' } } }],
    [
      'another annotation of the kubelet',
      { metadata: { annotations: { 'kubernetes.io/config.source': 'api' } } },
    ],
    ['a refusal of Istio', { metadata: { labels: { 'sidecar.istio.io/inject': 'false' } } }],
    ['a refusal of Linkerd', { metadata: { annotations: { 'linkerd.io/inject': 'disabled' } } }],
  ] as const) {
    it(`is to inject a pod with ${what}`, () => {
      expect(decisionOf(pod(subject), 'enabled')).to.include({ kind: 'inject' });
    });
  }

  for (const [mesh, subject, named] of [
    ['Istio', { spec: { containers: [{ name: 'istio-proxy' }] } }, 'istio-proxy'],
    ['Istio', { spec: { initContainers: [{ name: 'istio-proxy' }] } }, 'istio-proxy'],
    [
      'Istio',
      { metadata: { labels: { 'sidecar.istio.io/inject': 'true' } } },
      'sidecar.istio.io/inject=true',
    ],
    [
      'Istio',
      { metadata: { annotations: { 'sidecar.istio.io/inject': 'true' } } },
      'sidecar.istio.io/inject=true',
    ],
    ['Linkerd', { spec: { containers: [{ name: 'linkerd-proxy' }] } }, 'linkerd-proxy'],
    ['Linkerd', { spec: { initContainers: [{ name: 'linkerd-proxy' }] } }, 'linkerd-proxy'],
    [
      'Linkerd',
      { metadata: { annotations: { 'linkerd.io/inject': 'enabled' } } },
      'linkerd.io/inject=enabled',
    ],
    [
      'Linkerd',
      { metadata: { annotations: { 'linkerd.io/inject': 'ingress' } } },
      'linkerd.io/inject=ingress',
    ],
  ] as const) {
    it(`is to deny a pod of ${mesh} by name: ${JSON.stringify(subject)}`, () => {
      const { kind, reason, message } = decisionOf(pod(subject), 'enabled');
      expect({ kind, reason }).to.deep.equal({ kind: 'deny', reason: 'other-mesh' });
      expect(message).to.include(mesh).and.include(named).and.include('outrider.io/inject=false');
    });
  }

  it('skips a pod of another mesh where it would not be ours: that is how two meshes share a cluster', () => {
    const object = pod({ metadata: { labels: { 'sidecar.istio.io/inject': 'true' } } });
    expect(decisionOf(object, undefined)).to.include({ kind: 'skip' });
  });
});

describe('which injector takes a pod', () => {
  const decisionOfRevision = (labels: object, namespaceRevision?: string, ownRevision?: string) => {
    const parsed = parsePod(pod({ metadata: { labels } }));
    if (!parsed.ok) throw new Error(parsed.problems.join('; '));
    const subject = { namespace: 'shop', namespaceLabel: 'enabled', ownNamespace: 'outrider-system' };
    const { kind, message } = decide({ ...subject, pod: parsed.pod, namespaceRevision, ownRevision });
    return `${kind}: ${message}`;
  };
  const enabled = 'inject: the namespace is labelled outrider.io/injection=enabled';
  const canary = { 'outrider.io/revision': 'canary' };

  it('is the one of its label, which wins over the one of its namespace', () => {
    expect(decisionOfRevision(canary, 'stable', 'canary')).to.equal(enabled);
    expect(decisionOfRevision(canary, 'stable', 'stable')).to.equal(
      'skip: the pod is labelled outrider.io/revision=canary: the injector of revision canary takes it, and this is the one of revision stable',
    );
  });

  it("is the one of its namespace's label where it has none", () => {
    expect(decisionOfRevision({}, 'canary', 'canary')).to.equal(enabled);
    expect(decisionOfRevision({}, 'canary')).to.equal(
      'skip: the namespace is labelled outrider.io/revision=canary: the injector of revision canary takes it, and this is the one without a revision',
    );
  });

  it('is the one without a revision where neither has a label', () => {
    expect(decisionOfRevision({})).to.equal(enabled);
    expect(decisionOfRevision({}, undefined, 'canary')).to.equal(
      'skip: neither the pod nor its namespace is labelled outrider.io/revision: the injector without a revision takes it, and this is the one of revision canary',
    );
  });

  it('leaves out what should have no proxy, whatever its revision', () => {
    expect(decisionOfRevision({ ...canary, 'outrider.io/inject': 'false' }, undefined, 'canary')).to.equal(
      'skip: the pod is labelled outrider.io/inject=false',
    );
  });
});

describe('the explanation of a decision', () => {
  const explain = (object: AnyPod, more: object = {}): string[] => {
    const parsed = parsePod(object);
    if (!parsed.ok) throw new Error(parsed.problems.join('; '));
    const subject = { namespace: 'shop', namespaceLabel: 'enabled', ownNamespace: 'outrider-system' };
    return explainDecision({ ...subject, pod: parsed.pod, ...more }).map(
      ({ rule, outcome, message }) => `${rule}: ${outcome}: ${message}`,
    );
  };

  it('ends with the rule that stops the pod', () => {
    expect(explain(pod(), { namespaceLabel: 'disabled' })).to.deep.equal([
      'system-namespace: passed: shop is no namespace of Kubernetes itself',
      'own-namespace: passed: shop is not the namespace of Outrider itself',
      'namespace-disabled: skip: namespace shop is labelled outrider.io/injection=disabled',
    ]);
  });

  it('tells why a rule lets pass what only another rule stops', () => {
    const injectEnforcedBy = 'ConfigMap outrider-config enforced';
    const optedOut = explain(labelled('false'), { injectEnforcedBy });
    expect(optedOut[3]).to.equal(
      'pod-label-false: passed: the pod is labelled outrider.io/inject=false, which ConfigMap outrider-config enforced forbids',
    );
    expect(optedOut.at(-1)).to.equal(
      'opt-out-enforced: deny: label outrider.io/inject: "false" is not valid: expected "true" or no label: ConfigMap outrider-config enforced enforces it',
    );
    const asked = explain(labelled('true'), { namespaceLabel: undefined });
    expect(asked[4]).to.equal('not-enabled: passed: the pod is labelled outrider.io/inject=true');
    expect(asked[10]).to.equal('pod-label-invalid: passed: the pod is labelled outrider.io/inject=true');
    expect(asked).to.have.length(12);
  });
});
