import type { Pod } from '../admission/pod.ts';
import * as names from './names.ts';

/** What the decision depends on. */
export interface Subject {
  readonly namespace: string;
  /** Value of the namespace's label `outrider.io/injection`; `undefined` where there is none. */
  readonly namespaceLabel: string | undefined;
  readonly pod: Pod;
  /** The namespace that Outrider itself runs in. */
  readonly ownNamespace: string;
  /** Who forbids the pods of an enabled namespace to opt out; `undefined` where nobody does. */
  readonly injectEnforcedBy?: string | undefined;
}

/** `reason` is one word for metrics, `message` a sentence for a person. */
export type Decision =
  | { readonly kind: 'inject'; readonly reason: string; readonly message: string }
  | { readonly kind: 'skip'; readonly reason: string; readonly message: string }
  | { readonly kind: 'deny'; readonly reason: string; readonly message: string };

/**
 * Whether a pod gets a proxy. The selectors and matchConditions of the webhook configuration say the same:
 *
 *     namespace ↓ pod →   (none)   true     false   anything else
 *     enabled             inject   inject   skip    deny
 *     (none), other       skip     inject   skip    skip
 *     disabled            skip     skip     skip    skip
 *
 * Where `inject` is enforced, `false` in an enabled namespace is denied: by the admission policies in the manifests,
 * since such a pod never reaches the webhook.
 */
export function decide(subject: Subject): Decision {
  const { namespace, namespaceLabel, pod, ownNamespace, injectEnforcedBy } = subject;
  if (names.systemNamespaces.includes(namespace)) {
    return skip('system-namespace', `${namespace} is a namespace of Kubernetes itself`);
  }
  if (namespace === ownNamespace) {
    return skip('own-namespace', `${namespace} is the namespace of Outrider itself`);
  }
  if (namespaceLabel === 'disabled') {
    return skip('namespace-disabled', `namespace ${namespace} is labelled ${names.namespaceLabel}=disabled`);
  }
  const podLabel = pod.labels[names.podLabel];
  const optOutDenied = namespaceLabel === 'enabled' && injectEnforcedBy !== undefined;
  if (podLabel === 'false' && !optOutDenied) {
    return skip('pod-label-false', `the pod is labelled ${names.podLabel}=false`);
  }
  if (namespaceLabel !== 'enabled' && podLabel !== 'true') {
    return skip('not-enabled', `namespace ${namespace} is not labelled ${names.namespaceLabel}=enabled`);
  }
  if (pod.hostNetwork) {
    return skip(
      'host-network',
      "the pod uses the node's network, whose traffic is not the pod's to redirect",
    );
  }
  if (pod.windows) return skip('windows', 'the pod runs on Windows, which has no netfilter');
  if (names.mirrorAnnotation in pod.annotations) {
    return skip('mirror-pod', 'the pod mirrors a static pod, which the kubelet has started already');
  }
  if (podLabel === 'false') {
    const message = `label ${names.podLabel}: "false" is not valid: expected "true" or no label: ${injectEnforcedBy} enforces it`;
    return deny('opt-out-enforced', message);
  }
  if (podLabel !== undefined && podLabel !== 'true') {
    const message = `label ${names.podLabel}: ${JSON.stringify(podLabel)} is not valid: expected true or false`;
    return deny('pod-label-invalid', message);
  }
  const mesh = otherMesh(pod);
  if (mesh !== undefined) return deny('other-mesh', mesh);
  return inject(podLabel === 'true' ? 'pod-label-true' : 'namespace-enabled');
}

const inject = (reason: string): Decision => ({
  kind: 'inject',
  reason,
  message:
    reason === 'pod-label-true'
      ? `the pod is labelled ${names.podLabel}=true`
      : `the namespace is labelled ${names.namespaceLabel}=enabled`,
});
const skip = (reason: string, message: string): Decision => ({ kind: 'skip', reason, message });
const deny = (reason: string, message: string): Decision => ({ kind: 'deny', reason, message });

/** Two redirections in one pod would each take the other's traffic. */
function otherMesh(pod: Pod): string | undefined {
  const remedy = `remove it, or label the pod ${names.podLabel}=false`;
  const containers = [...pod.containers, ...(pod.initContainers ?? [])].map(({ name }) => name);
  for (const { mesh, container, asks } of names.otherMeshes) {
    if (containers.includes(container)) return `the pod carries ${mesh}'s container ${container}: ${remedy}`;
    for (const [key, value] of asks) {
      if (pod.labels[key] === value || pod.annotations[key] === value) {
        return `the pod asks for ${mesh}'s sidecar with ${key}=${value}: ${remedy}`;
      }
    }
  }
  return undefined;
}
