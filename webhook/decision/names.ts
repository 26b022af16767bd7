import { prefix } from '../../settings/names.ts';

export const namespaceLabel = `${prefix}injection`;
export const podLabel = `${prefix}inject`;
/** On a namespace or a pod. */
export const revisionLabel = `${prefix}revision`;

/** Set by the kubelet on the API's copy of a static pod (k8s.io/kubernetes/pkg/kubelet/types). */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';

export const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** Sidecars that redirect a pod's traffic too, and the labels or annotations by which a pod asks for them. */
export const otherMeshes = [
  { mesh: 'Istio', container: 'istio-proxy', asks: [['sidecar.istio.io/inject', 'true']] },
  {
    mesh: 'Linkerd',
    container: 'linkerd-proxy',
    asks: [
      ['linkerd.io/inject', 'enabled'],
      ['linkerd.io/inject', 'ingress'],
    ],
  },
] as const;
