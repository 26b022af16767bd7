import { expect } from 'chai';
import { valueAt } from '../../../webhook/admission/pod-holders.ts';
import { changeOf, renderChange } from '../../../webhook/installation/changes.ts';
import { chooseManifests } from '../../../webhook/installation/choose-manifests.ts';
import {
  listPathOf,
  type Manifest,
  pathOf,
  revisionOf,
  titleOf,
} from '../../../webhook/installation/manifest.ts';
import { countProxied, describeProxied, injectedBy } from '../../../webhook/installation/proxied-pods.ts';
import { stepsOf } from '../../../webhook/installation/steps.ts';
import { describeStranded } from '../../../webhook/installation/stranded.ts';
import { inject, pod } from '../pods.ts';

const version = '0.1.0';
const titles = (manifests: readonly Manifest[]): string[] => manifests.map(titleOf);

describe('what is installed', () => {
  it('has admission policies, or on Kubernetes 1.29 a webhook in their place', () => {
    const has = (minor: number, kind: string): boolean =>
      chooseManifests(minor, { version }).some((one) => one.kind === kind);
    expect(has(30, 'ValidatingAdmissionPolicy')).to.equal(true);
    expect(has(29, 'ValidatingAdmissionPolicy')).to.equal(false);
    expect(titles(chooseManifests(29, { version }))).to.include(
      'ValidatingWebhookConfiguration/outrider-backstop',
    );
  });

  it('is labelled as a part of Outrider, all of it', () => {
    for (const manifest of [...chooseManifests(29, { version }), ...chooseManifests(35, { version })]) {
      expect(manifest.metadata.labels, titleOf(manifest)).to.include({
        'app.kubernetes.io/part-of': 'outrider',
      });
    }
  });

  it('runs and injects the image that is asked for', () => {
    const text = JSON.stringify(chooseManifests(35, { version, image: 'registry.example/outrider:pinned' }));
    expect(text).not.to.include('"outrider:0.1.0"');
    expect(text).to.include('"name":"OUTRIDER_INIT_IMAGE","value":"registry.example/outrider:pinned"');
  });

  it('comes in an order in which no pod waits for what is not there', () => {
    const manifests = chooseManifests(35, { version });
    const { serving, calling, refusing } = stepsOf(manifests);
    expect(titles(serving)[0]).to.equal('Namespace/outrider-system');
    expect(titles(serving).at(-1)).to.match(/^Deployment\//);
    expect(titles(calling)).to.deep.equal([
      'ValidatingWebhookConfiguration/outrider-warnings',
      'MutatingWebhookConfiguration/outrider-webhook',
    ]);
    expect(titles(refusing)).to.include('ValidatingAdmissionPolicy/outrider-backstop');
    expect(titles(refusing).at(-1)).to.match(/^ValidatingAdmissionPolicyBinding\//);
    expect(serving.length + calling.length + refusing.length).to.equal(manifests.length);
  });

  for (const minor of [29, 35]) {
    it(`is of a revision a second time, with no name of the first: Kubernetes 1.${minor}`, () => {
      const first = chooseManifests(minor, { version });
      const second = chooseManifests(minor, { version, revision: 'r2' });
      const shared = titles(first).filter((title) => titles(second).includes(title));
      expect(shared).to.deep.equal(['Namespace/outrider-system']);
      expect(second).to.have.lengthOf(first.length);
      expect(JSON.stringify(second)).not.to.include('canary');
      for (const one of second.filter(({ kind }) => kind !== 'Namespace')) {
        expect(revisionOf(one), titleOf(one)).to.equal('r2');
        expect(one.metadata.name).to.match(/-r2$/);
      }
      for (const one of first) expect(revisionOf(one), titleOf(one)).to.equal(undefined);
    });
  }

  it('has pods that the Services and budgets of other revisions do not take for theirs', () => {
    const labelsOf = (manifests: readonly Manifest[], path: (one: Manifest) => unknown): unknown[] =>
      manifests.map(path).filter((labels) => labels !== undefined);
    const first = chooseManifests(35, { version });
    const second = chooseManifests(35, { version, revision: 'r2' });
    const selectors = (one: Manifest): unknown =>
      valueAt(one, ['spec', 'selector', 'matchLabels']) ?? valueAt(one, ['spec', 'selector']);
    const component = 'app.kubernetes.io/component';
    expect(labelsOf(first, selectors)).to.have.deep.members([
      { [component]: 'webhook' },
      { [component]: 'webhook' },
      { [component]: 'webhook' },
      { [component]: 'certificates' },
    ]);
    expect(labelsOf(second, selectors)).to.have.deep.members([
      { [component]: 'webhook-r2' },
      { [component]: 'webhook-r2' },
      { [component]: 'webhook-r2' },
      { [component]: 'certificates-r2' },
    ]);
    const ofPods = (one: Manifest): unknown => valueAt(one, ['spec', 'template', 'metadata', 'labels']);
    expect(labelsOf(second, ofPods)).to.have.deep.members([
      { [component]: 'webhook-r2' },
      { [component]: 'certificates-r2' },
    ]);
  });

  it('is where the API server has it', () => {
    const name = (apiVersion: string, kind: string, namespace?: string) =>
      pathOf({ apiVersion, kind, metadata: { name: 'x', ...(namespace && { namespace }) } });
    expect(name('v1', 'Namespace')).to.equal('/api/v1/namespaces/x');
    expect(name('apps/v1', 'Deployment', 'shop')).to.equal('/apis/apps/v1/namespaces/shop/deployments/x');
    expect(name('networking.k8s.io/v1', 'NetworkPolicy', 'shop')).to.equal(
      '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/x',
    );
    expect(listPathOf({ apiVersion: 'v1', kind: 'Pod' }, undefined)).to.equal('/api/v1/pods');
  });
});

describe('what becomes of an object that is applied', () => {
  const before = {
    kind: 'Deployment',
    metadata: { name: 'x', resourceVersion: '1', generation: 1, managedFields: [{}] },
    spec: { replicas: 2, args: ['a'] },
    status: { readyReplicas: 0 },
  };

  it('is told by the fields that change, without what the API server writes', () => {
    const metadata = { name: 'x', resourceVersion: '2', generation: 2, labels: { a: 'b' } };
    const after = { ...before, metadata, spec: { replicas: 3, args: ['a', 'b'] }, status: {} };
    const change = changeOf(before, after);
    expect(renderChange('Deployment/x', change, true)).to.equal(
      [
        'Deployment/x configured (server dry run)',
        '  spec.replicas: 2 → 3',
        '  spec.args[1]: none → "b"',
        '  metadata.labels: none → {"a":"b"}',
      ].join('\n'),
    );
    expect(renderChange('Deployment/x', change, false)).to.equal('Deployment/x configured');
  });

  it('is nothing where it is the same, and everything where it is new', () => {
    const touched = { ...before, metadata: { ...before.metadata, resourceVersion: '9' } };
    expect(changeOf(before, touched)).to.deep.equal({ kind: 'unchanged' });
    expect(changeOf(undefined, before)).to.deep.equal({ kind: 'created' });
  });
});

describe('an injector that goes while others stay', () => {
  const namespace = (name: string, labels: Readonly<Record<string, string>>) => ({
    metadata: { name, labels },
  });
  const enabled = { 'outrider.io/injection': 'enabled' };
  const all = [
    namespace('shop', { ...enabled, 'outrider.io/revision': 'canary' }),
    namespace('till', enabled),
    namespace('bank', enabled),
    namespace('off', { 'outrider.io/injection': 'disabled', 'outrider.io/revision': 'canary' }),
  ];

  it('leaves pods that are refused, where a namespace asks for it', () => {
    expect(describeStranded(all, 'canary')).to.equal(
      'pods of shop are for the injector of revision canary, and refused without it: label this namespace outrider.io/revision for another',
    );
    expect(describeStranded(all, undefined)).to.equal(
      'pods of till, bank are for the injector without a revision, and refused without it: label these namespaces outrider.io/revision for another',
    );
    expect(describeStranded(all, 'stable')).to.equal(undefined);
  });
});

describe('pods that keep their proxy', () => {
  it('are counted with their namespaces', () => {
    const proxied = inject(pod());
    const elsewhere = inject(pod({ metadata: { namespace: 'till' } }), { namespace: 'till' });
    const ended = { ...proxied, status: { phase: 'Succeeded' } };
    const metadata = { ...proxied.metadata, deletionTimestamp: '2026-06-01T00:00:00Z' };
    const ending = { ...proxied, metadata };
    expect(describeProxied(countProxied([proxied, pod(), ended, ending]))).to.equal(
      '1 pod has a proxy, in 1 namespace, and keeps it',
    );
    expect(describeProxied(countProxied([proxied, elsewhere, proxied]))).to.equal(
      '3 pods have a proxy, in 2 namespaces, and keep it',
    );
  });

  it('tell of which revision their injector was', () => {
    expect(injectedBy(inject(pod()))).to.equal(undefined);
    const labels = { 'outrider.io/revision': 'canary' };
    const canary = inject(pod({ metadata: { labels } }), { injector: { revision: 'canary' } });
    expect(injectedBy(canary)).to.equal('canary');
    expect(injectedBy(pod())).to.equal(undefined);
  });
});
