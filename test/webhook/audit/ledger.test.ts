import { expect } from 'chai';
import type { Injector, Namespace } from '../../../webhook/admission/inject-review.ts';
import { keepLedger } from '../../../webhook/audit/ledger.ts';
import { statusOf } from '../../../webhook/status/status.ts';
import { type AnyPod, inject, injector, pod } from '../pods.ts';
import { input, snapshot } from '../status/snapshots.ts';

const enabled: Namespace = { label: 'enabled', annotations: {}, labels: {} };
const older =
  'the pod is older than what injects it (the namespace is labelled outrider.io/injection=enabled): delete it, and it is made anew';
const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', uid: 'u-web' };

const withUid = (uid: string, object: AnyPod = pod()): AnyPod => ({
  ...object,
  metadata: { ...object.metadata, uid },
});
const ofWeb = (uid: string, object: AnyPod = pod()): AnyPod =>
  withUid(uid, {
    ...object,
    metadata: { ...object.metadata, name: uid, ownerReferences: [{ ...replicaSet, controller: true }] },
  });

/** A ledger of the namespace `shop`, which is enabled. */
function ledgerOfShop(by: () => Injector = () => injector) {
  const ledger = keepLedger(by);
  ledger.seeNamespace('shop', enabled, 0);
  return ledger;
}

describe('the ledger of the auditor', () => {
  it('counts pods by their state and reason, and forgets those that are gone', () => {
    const ledger = ledgerOfShop();
    for (const uid of ['a', 'b']) ledger.seePod(withUid(uid), 0);
    ledger.seePod(withUid('c', inject(pod())), 0);
    ledger.seePod(withUid('d', pod({ metadata: { labels: { 'outrider.io/inject': 'false' } } })), 0);
    expect(ledger.counts()).to.deep.equal([
      { state: 'missing', reason: 'namespace-enabled', pods: 2 },
      { state: 'injected', reason: 'namespace-enabled', pods: 1 },
      { state: 'skipped', reason: 'pod-label-false', pods: 1 },
    ]);
    ledger.losePod('b');
    ledger.keepPods(new Set(['a', 'b', 'c']));
    expect(ledger.counts()).to.deep.equal([
      { state: 'missing', reason: 'namespace-enabled', pods: 1 },
      { state: 'injected', reason: 'namespace-enabled', pods: 1 },
    ]);
  });

  it('leaves out pods that end, and those that no label concerns', () => {
    const ledger = ledgerOfShop();
    ledger.seeNamespace('other', { label: undefined, annotations: {} }, 0);
    ledger.seePod(withUid('a', pod({ metadata: { namespace: 'other' } })), 0);
    ledger.seePod({ ...withUid('b'), status: { phase: 'Succeeded' } }, 0);
    ledger.seePod(withUid('c'), 0);
    ledger.seePod(withUid('c', pod({ metadata: { deletionTimestamp: '2026-06-01T00:00:00Z' } })), 0);
    expect(ledger.counts()).to.deep.equal([]);
  });

  it('leaves pods and namespaces of other revisions to their auditors', () => {
    const ledger = ledgerOfShop();
    const labels = { 'outrider.io/revision': 'canary' };
    ledger.seePod(withUid('a', pod({ metadata: { labels } })), 0);
    ledger.seeNamespace(
      'till',
      { ...enabled, revision: 'canary', annotations: { 'outrider.io/shiny': 'yes' } },
      0,
    );
    ledger.seePod(withUid('b', pod({ metadata: { namespace: 'till' } })), 0);
    expect(ledger.counts()).to.deep.equal([]);
    expect(ledger.namespacesInTrouble()).to.equal(0);

    const canary = keepLedger(() => ({ ...injector, revision: 'canary' }));
    canary.seeNamespace('shop', enabled, 0);
    canary.seeNamespace('till', { ...enabled, revision: 'canary' }, 0);
    canary.seePod(withUid('a', pod({ metadata: { labels } })), 0);
    canary.seePod(withUid('b', pod({ metadata: { namespace: 'till' } })), 0);
    canary.seePod(withUid('c'), 0);
    expect(canary.counts()).to.deep.equal([{ state: 'missing', reason: 'namespace-enabled', pods: 2 }]);
    expect(canary.seeNamespace('till', enabled, 0)).to.equal(true);
  });

  it('says of a pod what the status says', () => {
    const pods = [
      withUid('injected', inject(pod())),
      withUid('missing'),
      withUid('outdated', inject(pod(), { injector: { initImage: 'outrider:0.0.9' } })),
      withUid('refused', pod({ metadata: { annotations: { 'outrider.io/nonsense': '1' } } })),
      withUid('skipped', pod({ spec: { hostNetwork: true } })),
    ];
    const ledger = ledgerOfShop();
    for (const one of pods) ledger.seePod(one, 0);
    const status = statusOf(snapshot({ pods }), input);
    expect(ledger.counts().map(({ state, reason }) => `${state} ${reason}`)).to.deep.equal(
      status.pods.map(({ state, reason }) => `${state} ${reason}`),
    );
    expect([...ledger.findings()].map(({ message }) => message)).to.deep.equal(
      status.pods.map(({ message }) => message).filter((_, index) => [1, 2, 3].includes(index)),
    );
  });

  it('has all pods of a ReplicaSet with the same trouble told as one, and a bare pod by itself', () => {
    const ledger = ledgerOfShop();
    for (const uid of ['web-1', 'web-2']) ledger.seePod(ofWeb(uid), 0);
    ledger.seePod(withUid('u-bare'), 0);
    const [first, second, bare] = [...ledger.events()].map(({ event }) => event);
    expect(first?.name).to.match(/^outrider\.[0-9a-f]{32}$/);
    expect(first).to.deep.equal({
      name: first?.name,
      namespace: 'shop',
      about: { ...replicaSet, namespace: 'shop' },
      reason: 'ProxyMissing',
      message: `outrider: a pod of it has no proxy: ${older}`,
    });
    expect(second).to.deep.equal(first);
    expect(bare).to.deep.equal({
      name: bare?.name,
      namespace: 'shop',
      about: { apiVersion: 'v1', kind: 'Pod', name: 'shop', namespace: 'shop', uid: 'u-bare' },
      reason: 'ProxyMissing',
      message: `outrider: the pod has no proxy: ${older}`,
    });
    expect(bare?.name).not.to.equal(first?.name);
  });

  it('remembers since when a pod has its trouble, until that is another or none', () => {
    let initImage = 'outrider:0.1.0';
    const ledger = ledgerOfShop(() => ({ ...injector, initImage }));
    const since = () => [...ledger.findings()].map((finding) => `${finding.state} ${finding.since}`);
    ledger.seePod(withUid('a'), 5);
    ledger.seePod(withUid('a'), 9);
    expect(since()).to.deep.equal(['missing 5']);
    ledger.seePod(withUid('a', inject(pod())), 11);
    expect(since()).to.deep.equal([]);
    initImage = 'outrider:0.2.0';
    ledger.seePod(withUid('a', inject(pod())), 13);
    expect(since()).to.deep.equal(['outdated 13']);
  });

  it('asks for the pods of a namespace when its label or annotations change, and for nothing else', () => {
    const ledger = keepLedger(() => injector);
    const see = (namespace: Partial<Namespace>) =>
      ledger.seeNamespace('shop', { ...enabled, ...namespace }, 0);
    expect(see({})).to.equal(true);
    expect(see({})).to.equal(false);
    expect(see({ labels: { team: 'web' } })).to.equal(false);
    expect(see({ annotations: { 'outrider.io/proxy-cpu': '70m' } })).to.equal(true);
    expect(see({ label: undefined })).to.equal(true);
  });

  it('tells what is wrong with a namespace, until that is put right', () => {
    const ledger = keepLedger(() => injector);
    ledger.seeNamespace('shop', { label: 'enable', annotations: {} }, 7);
    const [due] = ledger.events();
    expect(due?.since).to.equal(7);
    expect(due?.event).to.deep.equal({
      name: due?.event.name,
      namespace: 'shop',
      about: { apiVersion: 'v1', kind: 'Namespace', name: 'shop', namespace: 'shop' },
      reason: 'NamespaceMisconfigured',
      message:
        'outrider: label outrider.io/injection of namespace shop: "enable" is not valid: expected enabled or disabled: it counts as none',
    });
    expect(ledger.namespacesInTrouble()).to.equal(1);
    ledger.seeNamespace('shop', enabled, 8);
    expect(ledger.namespacesInTrouble()).to.equal(0);
    expect([...ledger.events()]).to.deep.equal([]);
  });

  it('forgets a namespace that is gone, and judges no pod before its namespace is known', () => {
    const ledger = ledgerOfShop();
    ledger.seeNamespace('odd', { label: 'on', annotations: {} }, 0);
    ledger.loseNamespace('odd');
    ledger.keepNamespaces(new Set());
    ledger.seePod(withUid('a'), 0);
    expect(ledger.namespacesInTrouble()).to.equal(0);
    expect(ledger.counts()).to.deep.equal([]);
  });
});
