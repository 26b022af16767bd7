import { isObject } from '../admission/json.ts';
import { type Fate, noEquivalent, notNeeded, type Row, readYaml, toSeconds, toSetting } from './fate.ts';
import { interceptionModes } from './words.ts';

const noAgent = 'there is no agent that would need it';
const noControlPlane = 'there is no control plane that the proxy would ask';
const ownBootstrap = 'the bootstrap is rendered from the settings alone';
const stats = 'the proxy has all of its metrics on port 15090 (docs/observability.md)';
const collector = 'a collector is told by OTLP over gRPC: outrider.io/tracing-endpoint=host:port';
const spans = 'spans are as docs/observability.md says';
const noIdentity = 'the proxy has no certificates';
const ownLog = 'connections are logged by outrider.io/access-log';

/** Fields of the text of `proxy.istio.io/config` (ProxyConfig in istio.mesh.v1alpha1), those of `tracing` one by one. */
export const fields: Readonly<Record<string, Row['fatesOf']>> = {
  concurrency: (text) =>
    text === '0'
      ? [{ kind: 'not-needed', why: 'there is a thread for each CPU of the limit' }]
      : [{ kind: 'setting', key: 'proxy-concurrency', text }],
  interceptionMode: interceptionModes,
  holdApplicationUntilProxyStarts: notNeeded('the application always waits until the proxy is ready'),
  terminationDrainDuration: toSeconds(
    'drain-seconds',
    'the proxy stays at least so long, and until the application has ended',
  ),
  'tracing.sampling': toSetting('tracing-sampling'),
  'tracing.zipkin': noEquivalent(collector),
  'tracing.lightstep': noEquivalent(collector),
  'tracing.datadog': noEquivalent(collector),
  'tracing.stackdriver': noEquivalent(collector),
  'tracing.openCensusAgent': noEquivalent(collector),
  'tracing.tlsSettings': noEquivalent(collector),
  'tracing.customTags': noEquivalent(spans),
  'tracing.maxPathTagLength': noEquivalent(spans),
  'tracing.enableIstioTags': noEquivalent(spans),
  zipkinAddress: noEquivalent(collector),
  drainDuration: notNeeded('it is for hot restarts, which are off'),
  parentShutdownDuration: notNeeded('it is for hot restarts, which are off'),
  image: notNeeded('the image of stock Envoy is distroless'),
  readinessProbe: notNeeded('outrider-init waits for the proxy'),
  statusPort: notNeeded('readiness is on port 15021'),
  proxyAdminPort: notNeeded("Envoy's admin interface is a socket of its own container"),
  discoveryAddress: notNeeded(noControlPlane),
  controlPlaneAuthPolicy: notNeeded(noControlPlane),
  meshId: notNeeded(noControlPlane),
  serviceCluster: notNeeded(noControlPlane),
  configPath: notNeeded(noAgent),
  binaryPath: notNeeded(noAgent),
  availabilityZone: notNeeded(noControlPlane),
  proxyMetadata: noEquivalent(
    `${noAgent}; for a variable of Envoy declare a container outrider-proxy (docs/overriding-the-proxy.md)`,
  ),
  customConfigFile: noEquivalent(ownBootstrap),
  proxyBootstrapTemplatePath: noEquivalent(ownBootstrap),
  runtimeValues: noEquivalent(ownBootstrap),
  statNameLength: noEquivalent(stats),
  statsdUdpAddress: noEquivalent(stats),
  proxyStatsMatcher: noEquivalent(stats),
  extraStatTags: noEquivalent(stats),
  statsCompression: noEquivalent(stats),
  envoyMetricsService: noEquivalent(stats),
  envoyAccessLogService: noEquivalent(ownLog),
  fileFlushInterval: noEquivalent(ownLog),
  fileFlushMinSizeKb: noEquivalent(ownLog),
  gatewayTopology: noEquivalent('there are no gateways'),
  proxyHeaders: noEquivalent('no header of the proxy is added (docs/protocols.md)'),
  caCertificatesPem: noEquivalent(noIdentity),
  privateKeyProvider: noEquivalent(noIdentity),
};

/** What becomes of each field of the text. */
export function proxyConfigFates(text: string): readonly Fate[] {
  const config = readYaml(text) ?? {};
  if (!isObject(config)) return [{ kind: 'invalid', expected: 'YAML with fields of ProxyConfig' }];
  const { tracing, ...rest } = config;
  const ofTracing = isObject(tracing) ? tracing : {};
  const given = [
    ...Object.entries(rest),
    ...Object.entries(ofTracing).map(([field, value]): [string, unknown] => [`tracing.${field}`, value]),
  ];
  if (given.length === 0) return [{ kind: 'not-needed', why: 'it says nothing' }];
  return given.flatMap(([field, value]): readonly Fate[] => {
    const fatesOf = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (fatesOf === undefined) return [{ field, kind: 'no-equivalent', why: 'the field is not known' }];
    return fatesOf(String(value), { labels: {}, annotations: {} }).map((fate) => ({ ...fate, field }));
  });
}
