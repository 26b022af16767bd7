import { expect } from 'chai';
import { fields } from '../../../webhook/migrate/istio-proxy-config.ts';
import { type Expected, migrated } from './migrated.ts';

/** Each field of Istio's ProxyConfig as YAML, and what becomes of it. */
const examples: Readonly<Record<string, readonly [yaml: string, expected: Expected]>> = {
  concurrency: ['concurrency: 4', { 'proxy-concurrency': '4' }],
  interceptionMode: ['interceptionMode: TPROXY', { 'redirect-mode': 'tproxy' }],
  holdApplicationUntilProxyStarts: ['holdApplicationUntilProxyStarts: true', 'not needed'],
  terminationDrainDuration: ['terminationDrainDuration: 5s', { 'drain-seconds': '5' }],
  'tracing.sampling': ['tracing: {sampling: 100.0}', { 'tracing-sampling': '100' }],
  'tracing.zipkin': ['tracing: {zipkin: {address: "zipkin:9411"}}', 'no equivalent'],
  'tracing.lightstep': ['tracing: {lightstep: {}}', 'no equivalent'],
  'tracing.datadog': ['tracing: {datadog: {}}', 'no equivalent'],
  'tracing.stackdriver': ['tracing: {stackdriver: {}}', 'no equivalent'],
  'tracing.openCensusAgent': ['tracing: {openCensusAgent: {}}', 'no equivalent'],
  'tracing.tlsSettings': ['tracing: {tlsSettings: {}}', 'no equivalent'],
  'tracing.customTags': ['tracing: {customTags: {}}', 'no equivalent'],
  'tracing.maxPathTagLength': ['tracing: {maxPathTagLength: 99}', 'no equivalent'],
  'tracing.enableIstioTags': ['tracing: {enableIstioTags: true}', 'no equivalent'],
  zipkinAddress: ['zipkinAddress: zipkin:9411', 'no equivalent'],
  drainDuration: ['drainDuration: 45s', 'not needed'],
  parentShutdownDuration: ['parentShutdownDuration: 60s', 'not needed'],
  image: ['image: {imageType: debug}', 'not needed'],
  readinessProbe: ['readinessProbe: {periodSeconds: 1}', 'not needed'],
  statusPort: ['statusPort: 15020', 'not needed'],
  proxyAdminPort: ['proxyAdminPort: 15000', 'not needed'],
  discoveryAddress: ['discoveryAddress: istiod:15012', 'not needed'],
  controlPlaneAuthPolicy: ['controlPlaneAuthPolicy: NONE', 'not needed'],
  meshId: ['meshId: one', 'not needed'],
  serviceCluster: ['serviceCluster: web', 'not needed'],
  availabilityZone: ['availabilityZone: a', 'not needed'],
  configPath: ['configPath: ./etc', 'not needed'],
  binaryPath: ['binaryPath: /envoy', 'not needed'],
  proxyMetadata: ['proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}', 'no equivalent'],
  customConfigFile: ['customConfigFile: own', 'no equivalent'],
  proxyBootstrapTemplatePath: ['proxyBootstrapTemplatePath: own', 'no equivalent'],
  runtimeValues: ['runtimeValues: {a: b}', 'no equivalent'],
  statNameLength: ['statNameLength: 200', 'no equivalent'],
  statsdUdpAddress: ['statsdUdpAddress: statsd:9125', 'no equivalent'],
  proxyStatsMatcher: ['proxyStatsMatcher: {inclusionPrefixes: [a]}', 'no equivalent'],
  extraStatTags: ['extraStatTags: [a]', 'no equivalent'],
  statsCompression: ['statsCompression: false', 'no equivalent'],
  envoyMetricsService: ['envoyMetricsService: {}', 'no equivalent'],
  envoyAccessLogService: ['envoyAccessLogService: {}', 'no equivalent'],
  fileFlushInterval: ['fileFlushInterval: 1s', 'no equivalent'],
  fileFlushMinSizeKb: ['fileFlushMinSizeKb: 4', 'no equivalent'],
  gatewayTopology: ['gatewayTopology: {numTrustedProxies: 1}', 'no equivalent'],
  proxyHeaders: ['proxyHeaders: {server: {disabled: true}}', 'no equivalent'],
  caCertificatesPem: ['caCertificatesPem: [a]', 'no equivalent'],
  privateKeyProvider: ['privateKeyProvider: {}', 'no equivalent'],
};

describe("the fields of Istio's ProxyConfig", () => {
  it('are all here', () => {
    expect(Object.keys(examples).sort()).to.deep.equal(Object.keys(fields).sort());
  });

  it('are none in an empty text, which goes', () => {
    const pod = (metadata: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web${metadata}}\nspec: {}\n`;
    const { text, notes } = migrated(pod(', annotations: {proxy.istio.io/config: ""}'));
    expect(text).to.equal(pod(''));
    expect(notes[0]).to.include('not needed: annotation proxy.istio.io/config: it says nothing');
  });

  for (const [field, [yaml, expected]] of Object.entries(examples)) {
    it(`${yaml}: ${typeof expected === 'string' ? expected : JSON.stringify(expected)}`, () => {
      const annotations = { 'proxy.istio.io/config': yaml };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', annotations }, spec: {} };
      const { text, notes } = migrated(JSON.stringify(pod));
      const word = typeof expected === 'string' ? expected : 'translated';
      expect(notes[0]).to.include(`Pod/web: ${word}: annotation proxy.istio.io/config, field ${field}`);
      const ours =
        typeof expected === 'string'
          ? expected === 'no equivalent' && annotations
          : Object.fromEntries(Object.entries(expected).map(([key, value]) => [`outrider.io/${key}`, value]));
      expect(JSON.parse(text).metadata.annotations ?? false).to.deep.equal(ours);
    });
  }
});
