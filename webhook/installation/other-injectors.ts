import { type JsonObject, objectOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Allowed } from '../cluster/unless-forbidden.ts';
import { namespaceLabel } from '../decision/names.ts';

/** How another mesh is known by its webhook, and a namespace by which it wants the same pods. */
const meshes = [
  {
    mesh: 'Istio',
    configuration: /^istio-(sidecar-injector|revision-tag-)/,
    asks: (labels: JsonObject) =>
      labels['istio-injection'] === 'enabled'
        ? 'istio-injection=enabled'
        : 'istio.io/rev' in labels
          ? `istio.io/rev=${labels['istio.io/rev']}`
          : undefined,
  },
  {
    mesh: 'Linkerd',
    configuration: /^linkerd-proxy-injector/,
    asks: (_: JsonObject, annotations: JsonObject) =>
      ['enabled', 'ingress'].includes(String(annotations['linkerd.io/inject']))
        ? `linkerd.io/inject=${annotations['linkerd.io/inject']}`
        : undefined,
  },
  {
    mesh: 'Kuma',
    configuration: /^(kuma|kong-mesh)-.*mutating/,
    asks: (labels: JsonObject) =>
      ['enabled', 'true'].includes(String(labels['kuma.io/sidecar-injection']))
        ? `kuma.io/sidecar-injection=${labels['kuma.io/sidecar-injection']}`
        : undefined,
  },
] as const;

interface Read {
  readonly namespaces: Allowed<readonly JsonObject[]>;
  readonly mutatingConfigurations: Allowed<readonly JsonObject[]>;
}

/** Other meshes of the cluster, and the namespaces that ask both for one of them and for Outrider. */
export function findMeshes({
  namespaces,
  mutatingConfigurations: configurations,
}: Read): { readonly problem: string; readonly remedy: string }[] {
  const names = (configurations.kind === 'read' ? configurations.value : []).map((one) =>
    String(valueAt(one, ['metadata', 'name'])),
  );
  const webhooks = meshes.flatMap(({ mesh, configuration }) => {
    const name = names.find((one) => configuration.test(one));
    return name === undefined
      ? []
      : [
          {
            problem: `${mesh} injects pods, too (MutatingWebhookConfiguration/${name})`,
            remedy: 'label no namespace for both: a pod with two redirections is refused',
          },
        ];
  });
  const both = (namespaces.kind === 'read' ? namespaces.value : []).flatMap((namespace) => {
    const labels = objectOf(valueAt(namespace, ['metadata', 'labels']));
    const annotations = objectOf(valueAt(namespace, ['metadata', 'annotations']));
    if (labels[namespaceLabel] !== 'enabled') return [];
    return meshes.flatMap(({ mesh, asks }) => {
      const asked = asks(labels, annotations);
      if (asked === undefined) return [];
      const name = valueAt(namespace, ['metadata', 'name']);
      const problem = `namespace ${name} asks for ${mesh} by ${asked}, and for Outrider by ${namespaceLabel}=enabled`;
      return [{ problem, remedy: 'take one of them away' }];
    });
  });
  return [...webhooks, ...both];
}
