import { isObject, type JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Mesh } from './mesh.ts';

const policy = 'what may come in is for a NetworkPolicy to say';
const routes = 'requests are not routed, split, retried or balanced: Services do that for connections';
const gateways = 'there are no gateways: an Ingress or a Gateway of another controller';
const encryption = 'connections are not encrypted by the proxy';

/** What comes nearest to objects of other meshes, by their kind. */
const nearest: Readonly<Record<string, string>> = {
  AuthorizationPolicy: policy,
  Server: policy,
  ServerAuthorization: policy,
  MeshTLSAuthentication: policy,
  NetworkAuthentication: policy,
  PeerAuthentication: encryption,
  RequestAuthentication: 'tokens are not checked',
  Sidecar: 'where traffic may go: outrider.io/outbound-policy (docs/outbound-policy.md)',
  ServiceEntry: 'hosts outside: outrider.io/allow-outbound-hosts (docs/outbound-policy.md)',
  EgressNetwork: 'hosts outside: outrider.io/allow-outbound-hosts (docs/outbound-policy.md)',
  Telemetry: 'outrider.io/access-log, outrider.io/tracing-endpoint, outrider.io/tracing-sampling',
  ProxyConfig: 'the ConfigMap outrider-config (docs/settings.md)',
  VirtualService: routes,
  DestinationRule: routes,
  ServiceProfile: routes,
  HTTPRoute: routes,
  TCPRoute: routes,
  TLSRoute: routes,
  Gateway: gateways,
  WasmPlugin: 'the proxy has no filters but its own',
  EnvoyFilter: 'the bootstrap is rendered from the settings alone',
};

/** What is told of an object that holds no pod: of a mesh's own kinds, and of keys for a mesh on others. */
export function describeOther(json: unknown, meshes: readonly Mesh[]): readonly string[] {
  if (!isObject(json)) return ['holds no pod: unchanged'];
  const { apiVersion, kind } = json;
  const [group = ''] = typeof apiVersion === 'string' ? apiVersion.split('/') : [];
  const mesh = meshes.find(({ owns }) => owns(`${group}/`));
  if (mesh !== undefined) {
    const why = Object.hasOwn(nearest, `${kind}`) ? nearest[`${kind}`] : 'Outrider does not read it';
    return [`no equivalent: ${kind} of ${mesh.name}: ${why}`];
  }
  const notes = (['labels', 'annotations'] as const).flatMap((field) =>
    keysOf(valueAt(json, ['metadata', field]))
      .filter((key) => meshes.some(({ owns }) => owns(key)))
      .map((key) => `no equivalent: ${field.slice(0, -1)} ${key}: Outrider reads none on a ${kind}`),
  );
  return notes.length > 0 ? notes : ['holds no pod: unchanged'];
}

const keysOf = (value: unknown): readonly string[] =>
  isObject(value) ? Object.keys(value as JsonObject) : [];
