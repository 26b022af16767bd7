import { expect } from 'chai';
import { renderStatus, renderStatusJson } from '../../../webhook/status/render-status.ts';
import type { Snapshot } from '../../../webhook/status/snapshot.ts';
import { type Status, statusOf } from '../../../webhook/status/status.ts';
import { type AnyPod, inject, pod } from '../pods.ts';
import { caBundle, configuration, deployment, input, named, snapshot } from './snapshots.ts';

const of = (given?: Partial<Snapshot>): Status => statusOf(snapshot(given), input);
const lines = (given?: Partial<Snapshot>): string[] => renderStatus(of(given), 'table').split('\n');
const allProblems = ({ injector, problems }: Status): unknown[] => [
  ...injector.flatMap(({ problem }) => problem ?? []),
  ...problems,
];

const forbidden = { kind: 'forbidden', message: 'configmaps is forbidden: ask for that permission' } as const;
const installed = (deployments: object[], configurations: object[]): Pick<Snapshot, 'installed'> => ({
  installed: { kind: 'read', value: { deployments, configurations } } as Snapshot['installed'],
});

describe('the status of a cluster', () => {
  it('is a table, with the injector first', () => {
    const pods = [named('web', inject(pod())), named('older')];
    const digest = String(of().pods[0]?.settings).slice('sha256:'.length, 'sha256:'.length + 8);
    expect(lines({ pods })).to.deep.equal([
      'INJECTOR                                        STATE',
      'Deployment/outrider-webhook                     2/2 ready, outrider:0.1.0',
      'MutatingWebhookConfiguration/outrider-webhook   trusts a CA until 2027-01-01',
      'Secret/outrider-webhook-certificates            valid until 2027-01-01',
      '',
      'NAMESPACE   POD     STATE      VERSION   SETTINGS   MESSAGE',
      'shop        older   missing    <none>    <none>     the pod is older than what injects it (the namespace is labelled outrider.io/injection=enabled): delete it, and it is made anew',
      `shop        web     injected   0.1.0     ${digest}`,
      '',
      '1 injected, 1 missing',
      '',
    ]);
  });

  it('has the images, too, where it is wide', () => {
    const wide = renderStatus(of(), 'wide');
    expect(wide).to.match(/SETTINGS {3}INIT-IMAGE {7}PROXY-IMAGE {27}MESSAGE\n/);
    expect(wide).to.include('outrider:0.1.0   envoyproxy/envoy:distroless-v1.40.0');
  });

  it('has all of it as JSON', () => {
    const { well, pods, summary, ...rest } = JSON.parse(renderStatusJson(of()));
    expect(Object.keys(rest)).to.deep.equal(['injector', 'notes', 'problems']);
    expect(well).to.equal(true);
    expect(pods[0]).to.include({ namespace: 'shop', pod: 'web', state: 'injected', version: '0.1.0' });
    expect(summary).to.deep.equal({
      ...{ injected: 1, outdated: 0, missing: 0, refused: 0, leftover: 0, skipped: 0 },
      unconcerned: 0,
    });
  });

  it('leaves out pods that nobody wants injected, and those that have ended or are ending', () => {
    const other = named('other', pod({ metadata: { namespace: 'other' } }));
    const done = { ...named('done'), status: { phase: 'Succeeded' } };
    const ending = named('ending', pod({ metadata: { deletionTimestamp: '2026-06-01T00:00:00Z' } }));
    const namespaces = new Map(snapshot().namespaces);
    namespaces.set('other', { label: undefined, annotations: {} });
    const status = of({ pods: [other, done, ending], namespaces });
    expect(status.pods).to.deep.equal([]);
    expect(status.well).to.equal(true);
    expect(renderStatus(status, 'table')).to.match(
      /\n\nno pod is concerned; 1 more without label and proxy\n$/,
    );
  });

  it('tells what is wrong with namespaces, whether they have pods or not', () => {
    const namespaces: Snapshot['namespaces'] = new Map([
      ['shop', { label: 'on', annotations: {} }],
      ['till', { label: 'enabled', annotations: { 'outrider.io/proxy-cpu': 'much' } }],
    ]);
    const status = of({ pods: [], namespaces });
    expect(status.well).to.equal(false);
    expect(allProblems(status)).to.deep.equal([
      'label outrider.io/injection of namespace shop: "on" is not valid: expected enabled or disabled: it counts as none',
      'namespace till: namespace annotation outrider.io/proxy-cpu: "much" is not valid: expected a quantity greater than zero, such as 100m or 128Mi: its pods are refused',
    ]);
  });

  it('compares by the image alone where the ConfigMap is refused or may not be read', () => {
    const refused = of({ config: { kind: 'read', value: { 'proxy-cpu': 'much' } } });
    expect(refused.pods[0]?.state).to.equal('injected');
    expect(allProblems(refused)).to.deep.equal([
      'ConfigMap outrider-config proxy-cpu: "much" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
    ]);
    const unread = of({ config: forbidden });
    expect(unread.well).to.equal(true);
    expect(unread.notes).to.deep.equal([
      'the settings of the whole cluster are not known, and pods compared by their image alone: configmaps is forbidden: ask for that permission',
    ]);
  });

  it('compares by the image alone where the cluster runs another version', () => {
    const status = of(installed([deployment(2, 'outrider:0.2.0')], [configuration(caBundle)]));
    expect(status.pods[0]?.message).to.equal(
      'outrider-init is of outrider:0.1.0, now outrider:0.2.0: delete the pod, and it is made anew',
    );
    expect(status.notes[0]).to.match(/^this is outrider 0\.1\.0, and the cluster runs outrider:0\.2\.0: /);
  });

  it('tells what is wrong with the injector', () => {
    const problemsOf = (given: Partial<Snapshot>): unknown[] => allProblems(of({ pods: [], ...given }));
    expect(problemsOf(installed([], []))).to.deep.equal([
      'there is no Outrider in the namespace outrider-system: outrider install',
    ]);
    expect(problemsOf(installed([deployment(1)], []))).to.deep.equal([
      'no pod comes to the webhook: outrider install writes the MutatingWebhookConfiguration',
      'not all replicas are ready: kubectl -n outrider-system describe deployment outrider-webhook',
    ]);
    expect(problemsOf(installed([deployment(2)], [configuration(undefined)]))).to.deep.equal([
      'caBundle is not set, so the API server trusts no webhook: is one ready, and what does it log?',
    ]);
    expect(problemsOf({ certificate: { kind: 'read', value: undefined } })).to.deep.equal([
      'there is no certificate to serve with: what does outrider-certificates log?',
    ]);
    expect(problemsOf({ certificate: forbidden })).to.deep.equal([]);
    expect(problemsOf({ installed: forbidden })).to.deep.equal([]);
    expect(lines({ installed: forbidden, pods: [] })).to.deep.equal([
      'INJECTOR   STATE',
      'Outrider   unknown: it may not be read',
      '',
      'note: how Outrider itself is, and what image it injects, is not known: configmaps is forbidden: ask for that permission',
      '',
      'no pod is concerned',
      '',
    ]);
  });

  it('tells that a certificate has expired, and that one is not renewed', () => {
    const on = (date: string): unknown[] =>
      allProblems(statusOf(snapshot(), { ...input, now: new Date(`${date}T00:00:00Z`) }));
    const late =
      'the certificate expires on 2027-01-01, and is not renewed: what does outrider-certificates log?';
    const expired = 'the certificate expired on 2027-01-01';
    expect(on('2026-09-30')).to.deep.equal([]);
    expect(on('2026-10-15')).to.deep.equal([late, late]);
    expect(on('2027-01-02')).to.deep.equal([expired, expired]);
  });
});

describe('the status of a cluster with two injectors', () => {
  const labels = { 'outrider.io/revision': 'canary' };
  const revised = (object: AnyPod): AnyPod => ({
    ...object,
    metadata: { ...object.metadata, name: `${object.metadata.name}-canary`, labels },
  });
  const both = installed(
    [deployment(2), revised(deployment(2, 'outrider:0.2.0'))],
    [configuration(caBundle), revised(configuration(caBundle))],
  );
  const { certificate } = snapshot();
  const two = (given: Partial<Snapshot>): Partial<Snapshot> => ({
    ...both,
    revisions: new Map([['canary', { config: { kind: 'read', value: {} }, certificate }]]),
    ...given,
  });
  const canaryOf = (object: AnyPod): AnyPod =>
    inject(object, { injector: { revision: 'canary', version: '0.2.0', initImage: 'outrider:0.2.0' } });
  const told = (status: Status): string[] =>
    status.pods.map(({ pod, state, revision, message }) => `${pod} ${state} ${revision}: ${message}`);

  it('has both, and compares each pod with what its own would inject', () => {
    const status = of(
      two({ pods: [named('new', canaryOf(pod({ metadata: { labels } }))), named('web', inject(pod()))] }),
    );
    expect(status.injector.map(({ part, state }) => `${part}: ${state}`)).to.deep.equal([
      'Deployment/outrider-webhook-canary: 2/2 ready, outrider:0.2.0',
      'MutatingWebhookConfiguration/outrider-webhook-canary: trusts a CA until 2027-01-01',
      'Secret/outrider-webhook-certificates-canary: valid until 2027-01-01',
      'Deployment/outrider-webhook: 2/2 ready, outrider:0.1.0',
      'MutatingWebhookConfiguration/outrider-webhook: trusts a CA until 2027-01-01',
      'Secret/outrider-webhook-certificates: valid until 2027-01-01',
    ]);
    expect(told(status)).to.deep.equal(['new injected canary: ', 'web injected undefined: ']);
    expect(status.well).to.equal(true);
    expect(status.notes).to.deep.equal([
      'this is outrider 0.1.0, and the cluster runs outrider:0.2.0 as revision canary: pods are compared by their image alone; outrider 0.2.0 compares them with all that would be injected',
    ]);
    expect(renderStatus(status, 'table')).to.match(
      /NAMESPACE {3}POD {3}STATE {6}VERSION {3}REVISION {3}SETTINGS {3}MESSAGE\nshop {8}new {3}injected {3}0\.2\.0 {5}canary /,
    );
  });

  it('tells a pod that another injector made than its labels ask for now', () => {
    const ofCanary = named('web', canaryOf(pod({ metadata: { labels } })));
    const back = { ...ofCanary, metadata: { ...ofCanary.metadata, labels: {} } };
    expect(told(of(two({ pods: [back] })))).to.deep.equal([
      'web outdated canary: it was injected by the injector of revision canary, and is for the one without a revision; outrider-init is of outrider:0.2.0, now outrider:0.1.0: delete the pod, and it is made anew',
    ]);
  });

  it('tells a pod whose revision is not installed, where it should have a proxy', () => {
    const gone = { 'outrider.io/revision': 'gone' };
    const lost = named('lost', pod({ metadata: { labels: gone } }));
    const out = named('out', pod({ metadata: { labels: { ...gone, 'outrider.io/inject': 'false' } } }));
    const status = of(two({ pods: [lost, out] }));
    expect(told(status)).to.deep.equal([
      'lost refused undefined: if it were made anew: there is no injector of revision gone, only one of revision canary, one without a revision: label the pod or its namespace outrider.io/revision, or outrider install',
      'out skipped undefined: the pod is labelled outrider.io/inject=false',
    ]);
    expect(status.well).to.equal(false);
  });

  it('tells a namespace that asks for an injector that is not there', () => {
    const namespaces: Snapshot['namespaces'] = new Map([
      ['shop', { label: 'enabled', revision: 'gone', annotations: {} }],
      ['till', { label: 'enabled', annotations: {} }],
      ['other', { label: undefined, revision: 'gone', annotations: {} }],
    ]);
    expect(allProblems(of(two({ pods: [], namespaces })))).to.deep.equal([
      'label outrider.io/revision of namespace shop: "gone" is not valid: expected the revision of an injector that is there (one of revision canary, one without a revision): its pods are refused',
    ]);
    const canary = installed([revised(deployment(2))], [revised(configuration(caBundle))]);
    expect(allProblems(of(two({ pods: [], namespaces, ...canary })))).to.include(
      'namespace till has no label outrider.io/revision, and there is no injector without a revision, only one of revision canary: its pods are refused',
    );
  });

  it('takes no offence at settings that only the other knows', () => {
    const shiny = pod({ metadata: { annotations: { 'outrider.io/shiny': 'yes' } } });
    const namespaces: Snapshot['namespaces'] = new Map([
      ['shop', { label: 'enabled', annotations: { 'outrider.io/shiny': 'no' } }],
    ]);
    const published = [{ version: '0.2.0', revision: 'canary', keys: ['shiny'] }];
    const injected = named('web', inject(shiny, { injector: { foreign: new Map([['shiny', 'somebody']]) } }));
    expect(of(two({ pods: [injected], namespaces })).well).to.equal(false);
    expect(of(two({ pods: [injected], namespaces, published })).well).to.equal(true);
  });
});
