import type { Pod } from '../admission/pod.ts';
import * as names from './names.ts';
import { otherMesh } from './other-mesh.ts';
import { askedRevision, describeRevision, type Revision } from './revision.ts';

/** What the decision depends on. */
export interface Subject {
  readonly namespace: string;
  /** Value of the namespace's label `outrider.io/injection`; `undefined` where there is none. */
  readonly namespaceLabel: string | undefined;
  /** Value of the namespace's label `outrider.io/revision`. */
  readonly namespaceRevision?: Revision;
  readonly pod: Pod;
  /** The namespace that Outrider itself runs in. */
  readonly ownNamespace: string;
  /** The injector that decides. */
  readonly ownRevision?: Revision;
  /** Who forbids the pods of an enabled namespace to opt out; `undefined` where nobody does. */
  readonly injectEnforcedBy?: string | undefined;
}

/** A pod that none of the rules stops is injected. */
export interface Rule {
  /** One word, for metrics. */
  readonly reason: string;
  readonly kind: 'skip' | 'deny';
  /** Why it stops the pod, a sentence for a person; `undefined` where it lets it pass. */
  readonly stops: (subject: Subject) => string | undefined;
  /** Why it lets a pod pass that it does not stop. */
  readonly passes: (subject: Subject) => string;
}

const podLabelOf = ({ pod }: Subject): string | undefined => pod.labels[names.podLabel];

const mayOptOut = ({ namespaceLabel, injectEnforcedBy }: Subject): boolean =>
  namespaceLabel !== 'enabled' || injectEnforcedBy === undefined;

/** By which label a pod asks for its injector. */
function whoAsks({ labels }: Pod, namespaceRevision: Revision): string {
  const ofPod = labels[names.revisionLabel];
  if (ofPod !== undefined) return `the pod is labelled ${names.revisionLabel}=${ofPod}`;
  return namespaceRevision === undefined
    ? `neither the pod nor its namespace is labelled ${names.revisionLabel}`
    : `the namespace is labelled ${names.revisionLabel}=${namespaceRevision}`;
}

/** In the order in which they are asked. */
export const rules: readonly Rule[] = [
  {
    reason: 'system-namespace',
    kind: 'skip',
    stops: ({ namespace }) =>
      names.systemNamespaces.includes(namespace)
        ? `${namespace} is a namespace of Kubernetes itself`
        : undefined,
    passes: ({ namespace }) => `${namespace} is no namespace of Kubernetes itself`,
  },
  {
    reason: 'own-namespace',
    kind: 'skip',
    stops: ({ namespace, ownNamespace }) =>
      namespace === ownNamespace ? `${namespace} is the namespace of Outrider itself` : undefined,
    passes: ({ namespace }) => `${namespace} is not the namespace of Outrider itself`,
  },
  {
    reason: 'namespace-disabled',
    kind: 'skip',
    stops: ({ namespace, namespaceLabel }) =>
      namespaceLabel === 'disabled'
        ? `namespace ${namespace} is labelled ${names.namespaceLabel}=disabled`
        : undefined,
    passes: ({ namespace }) => `namespace ${namespace} is not labelled ${names.namespaceLabel}=disabled`,
  },
  {
    reason: 'pod-label-false',
    kind: 'skip',
    stops: (subject) =>
      podLabelOf(subject) === 'false' && mayOptOut(subject)
        ? `the pod is labelled ${names.podLabel}=false`
        : undefined,
    passes: (subject) =>
      podLabelOf(subject) === 'false'
        ? `the pod is labelled ${names.podLabel}=false, which ${subject.injectEnforcedBy} forbids`
        : `the pod is not labelled ${names.podLabel}=false`,
  },
  {
    reason: 'not-enabled',
    kind: 'skip',
    stops: (subject) =>
      subject.namespaceLabel !== 'enabled' && podLabelOf(subject) !== 'true'
        ? `namespace ${subject.namespace} is not labelled ${names.namespaceLabel}=enabled`
        : undefined,
    passes: ({ namespace, namespaceLabel }) =>
      namespaceLabel === 'enabled'
        ? `namespace ${namespace} is labelled ${names.namespaceLabel}=enabled`
        : `the pod is labelled ${names.podLabel}=true`,
  },
  {
    reason: 'other-revision',
    kind: 'skip',
    stops: ({ pod, namespaceRevision, ownRevision }) => {
      const asked = askedRevision(pod, namespaceRevision);
      return asked === ownRevision
        ? undefined
        : `${whoAsks(pod, namespaceRevision)}: the injector ${describeRevision(asked)} takes it, and this is the one ${describeRevision(ownRevision)}`;
    },
    passes: ({ pod, namespaceRevision }) => `${whoAsks(pod, namespaceRevision)}: it is for this injector`,
  },
  {
    reason: 'host-network',
    kind: 'skip',
    stops: ({ pod }) =>
      pod.hostNetwork
        ? "the pod uses the node's network, whose traffic is not the pod's to redirect"
        : undefined,
    passes: () => 'the pod has a network of its own',
  },
  {
    reason: 'windows',
    kind: 'skip',
    stops: ({ pod }) => (pod.windows ? 'the pod runs on Windows, which has no netfilter' : undefined),
    passes: () => 'the pod does not ask for Windows',
  },
  {
    reason: 'mirror-pod',
    kind: 'skip',
    stops: ({ pod }) =>
      names.mirrorAnnotation in pod.annotations
        ? 'the pod mirrors a static pod, which the kubelet has started already'
        : undefined,
    passes: () => 'the pod mirrors no static pod',
  },
  {
    reason: 'opt-out-enforced',
    kind: 'deny',
    stops: (subject) =>
      podLabelOf(subject) === 'false'
        ? `label ${names.podLabel}: "false" is not valid: expected "true" or no label: ${subject.injectEnforcedBy} enforces it`
        : undefined,
    passes: () => 'the pod does not opt out against anybody',
  },
  {
    reason: 'pod-label-invalid',
    kind: 'deny',
    stops: (subject) => {
      const label = podLabelOf(subject);
      return label === undefined || label === 'true'
        ? undefined
        : `label ${names.podLabel}: ${JSON.stringify(label)} is not valid: expected true or false`;
    },
    passes: (subject) =>
      podLabelOf(subject) === undefined
        ? `the pod has no label ${names.podLabel}`
        : `the pod is labelled ${names.podLabel}=true`,
  },
  {
    reason: 'other-mesh',
    kind: 'deny',
    stops: ({ pod }) => otherMesh(pod),
    passes: () => 'the pod neither carries nor asks for the sidecar of another mesh',
  },
];
