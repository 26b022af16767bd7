import { expect } from 'chai';
import type { Manifest } from '../../../webhook/installation/manifest.ts';
import {
  isFatal,
  preflight,
  renderFindings,
  type Surroundings,
} from '../../../webhook/installation/preflight.ts';

const read = <T>(...value: T[]) => ({ kind: 'read', value }) as const;
const node = (name: string, kubeletVersion: string) => ({
  metadata: { name },
  status: { nodeInfo: { kubeletVersion } },
});

const fit: Surroundings = {
  version: { major: '1', minor: '29+', gitVersion: 'v1.29.4-eks' },
  nodes: read(node('a', 'v1.29.0'), node('b', 'v1.35.4')),
  namespaces: read(),
  mutatingConfigurations: read(),
  present: [],
  denied: [],
};

const findings = (around: Partial<Surroundings>, takeOwnership = false): readonly string[] =>
  renderFindings(preflight({ ...fit, ...around }, { takeOwnership }));

describe('the look at a cluster before an installation', () => {
  it('finds nothing where all fits', () => {
    expect(findings({})).to.deep.equal([]);
  });

  it('finds an API server and kubelets without native sidecars', () => {
    expect(findings({ version: { major: '1', minor: '28', gitVersion: 'v1.28.9' } })).to.deep.equal([
      'error: the API server is Kubernetes v1.28.9: upgrade it to 1.29 or later, whose native sidecars carry the proxy',
    ]);
    expect(findings({ version: undefined })).to.have.length(1);
    const nodes = read(node('a', 'v1.28.2'), node('b', 'v1.30.1'), node('c', 'v1.9.0'));
    expect(findings({ nodes })).to.deep.equal([
      'error: kubelets are too old on a (v1.28.2), c (v1.9.0): upgrade to 1.29, whose native sidecars carry the proxy',
    ]);
  });

  it('warns of what it may not see', () => {
    const nodes = { kind: 'forbidden', message: 'nodes is forbidden' } as const;
    expect(findings({ nodes, namespaces: nodes })).to.deep.equal([
      'warning: the versions of the nodes are not known: see that the kubelets are of 1.29 or later: nodes is forbidden',
    ]);
  });

  it('warns where a pod would get past what is enforced, by the label of the new revision', () => {
    const first = { data: { enforced: 'outbound-policy, inject', 'outbound-policy': 'blackhole' } };
    const of = (own: object | undefined) =>
      findings({ configs: { revision: 'canary', own: own as Manifest | undefined, first } });
    expect(of(undefined)).to.deep.equal([
      'warning: ConfigMap outrider-config enforces outbound-policy, inject, and outrider-config-canary does not: a pod gets past that by the label outrider.io/revision=canary: write the same into outrider-config-canary',
    ]);
    expect(of({ data: { enforced: 'inject' } })).to.have.lengthOf(1);
    expect(of(first)).to.deep.equal([]);
    expect(findings({ configs: { revision: 'canary', own: undefined, first: undefined } })).to.deep.equal([]);
  });

  it('finds what the user may not do, all at once', () => {
    const manifest = (kind: string): Manifest => ({ apiVersion: 'v1', kind, metadata: { name: 'outrider' } });
    const denied = [
      { verb: 'create', manifest: manifest('Namespace') },
      { verb: 'patch', manifest: manifest('Service') },
    ];
    expect(findings({ denied })).to.deep.equal([
      'error: you may not create Namespace/outrider, patch Service/outrider: ask for it, or take the context of an administrator with --context',
    ]);
  });

  it('leaves to Helm what is of Helm, and waits for what is being deleted', () => {
    const metadata = {
      name: 'outrider-webhook',
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'meta.helm.sh/release-name': 'mesh', 'meta.helm.sh/release-namespace': 'infra' },
    };
    expect(findings({ present: [{ kind: 'Deployment', metadata }] })).to.deep.equal([
      'error: Deployment/outrider-webhook belongs to the Helm release mesh: use Helm for it: helm upgrade or helm uninstall mesh -n infra',
    ]);
    const going = { name: 'outrider-system', deletionTimestamp: '2026-06-01T00:00:00Z' };
    expect(findings({ present: [{ kind: 'Namespace', metadata: going }] })).to.deep.equal([
      'error: Namespace/outrider-system is being deleted: wait until it is gone, and try again',
    ]);
  });

  it('leaves to kubectl what kubectl has applied, unless it is handed over', () => {
    const held = (kind: string, manager: string, operation: string) => ({
      kind,
      metadata: { name: 'outrider-webhook', managedFields: [{ manager, operation, fieldsV1: {} }] },
    });
    const present = [
      held('Namespace', 'kubectl-client-side-apply', 'Update'),
      held('ClusterRole', 'outrider', 'Apply'),
      held('Deployment', 'kubectl-client-side-apply', 'Update'),
      held('Service', 'kubectl', 'Apply'),
    ];
    const remedy =
      'use kubectl apply -k for the new version, too, or hand over to outrider with --take-ownership';
    expect(findings({ present })).to.deep.equal([
      `error: Deployment/outrider-webhook and 1 more belong to kubectl apply: ${remedy}`,
    ]);
    expect(findings({ present: present.slice(0, 3) })).to.deep.equal([
      `error: Deployment/outrider-webhook belongs to kubectl apply: ${remedy}`,
    ]);
    expect(findings({ present }, true)).to.deep.equal([]);
  });

  it('warns where Pod Security will refuse the pods of a namespace that is labelled', () => {
    const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const labelled = { name: 'shop', labels: { 'outrider.io/injection': 'enabled', ...enforce } };
    const namespaces = read({ metadata: labelled }, { metadata: { name: 'other', labels: enforce } });
    expect(findings({ namespaces })).to.deep.equal([
      'warning: namespace shop: Pod Security "restricted" refuses container outrider-init for NET_ADMIN, NET_RAW: label it pod-security.kubernetes.io/enforce=privileged, or the pod outrider.io/inject=false',
    ]);
  });

  it('warns of other meshes, and of namespaces that ask for two', () => {
    const configuration = (name: string) => ({ metadata: { name } });
    const names = [
      'istio-sidecar-injector',
      'linkerd-proxy-injector-webhook-config',
      'kuma-admission-mutating-webhook-configuration',
      'cert-manager-webhook',
    ];
    const remedy = 'label no namespace for both: a pod with two redirections is refused';
    expect(findings({ mutatingConfigurations: read(...names.map(configuration)) })).to.deep.equal([
      `warning: Istio injects pods, too (MutatingWebhookConfiguration/istio-sidecar-injector): ${remedy}`,
      `warning: Linkerd injects pods, too (MutatingWebhookConfiguration/linkerd-proxy-injector-webhook-config): ${remedy}`,
      `warning: Kuma injects pods, too (MutatingWebhookConfiguration/kuma-admission-mutating-webhook-configuration): ${remedy}`,
    ]);
    const ours = { 'outrider.io/injection': 'enabled' };
    const namespaces = read<object>(
      { metadata: { name: 'a', labels: { ...ours, 'istio-injection': 'enabled' } } },
      { metadata: { name: 'b', labels: { ...ours, 'istio.io/rev': 'stable' } } },
      { metadata: { name: 'c', labels: ours, annotations: { 'linkerd.io/inject': 'enabled' } } },
      { metadata: { name: 'd', labels: { ...ours, 'kuma.io/sidecar-injection': 'enabled' } } },
      { metadata: { name: 'e', labels: { 'istio-injection': 'enabled' } } },
      { metadata: { name: 'f', labels: { ...ours, 'istio-injection': 'disabled' } } },
    ) as Surroundings['namespaces'];
    expect(findings({ namespaces }).map((line) => line.split(', and')[0])).to.deep.equal([
      'warning: namespace a asks for Istio by istio-injection=enabled',
      'warning: namespace b asks for Istio by istio.io/rev=stable',
      'warning: namespace c asks for Linkerd by linkerd.io/inject=enabled',
      'warning: namespace d asks for Kuma by kuma.io/sidecar-injection=enabled',
    ]);
  });

  it('keeps from installing by errors alone', () => {
    expect(
      isFatal(
        preflight(
          { ...fit, mutatingConfigurations: read({ metadata: { name: 'istio-sidecar-injector' } }) },
          { takeOwnership: false },
        ),
      ),
    ).to.equal(false);
    expect(isFatal(preflight({ ...fit, version: undefined }, { takeOwnership: false }))).to.equal(true);
  });
});
