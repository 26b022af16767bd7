import { expect } from 'chai';
import { renderStatus, renderStatusJson } from '../../../webhook/status/render-status.ts';
import type { Snapshot } from '../../../webhook/status/snapshot.ts';
import { type Status, statusOf } from '../../../webhook/status/status.ts';
import { inject, pod } from '../pods.ts';
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
