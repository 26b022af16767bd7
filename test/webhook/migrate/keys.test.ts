import { expect } from 'chai';
import { istio } from '../../../webhook/migrate/istio.ts';
import { kuma } from '../../../webhook/migrate/kuma.ts';
import { linkerd } from '../../../webhook/migrate/linkerd.ts';
import type { Mesh } from '../../../webhook/migrate/mesh.ts';
import { inject, pod } from '../pods.ts';
import { type Example, migrated } from './migrated.ts';

const istioAnnotations: readonly Example[] = [
  ['sidecar.istio.io/inject', 'false', { 'label inject': 'false' }],
  ['sidecar.istio.io/inject', 'true', 'not needed'],
  ['traffic.sidecar.istio.io/includeOutboundIPRanges', '*', { 'include-outbound-cidrs': '*' }],
  ['traffic.sidecar.istio.io/includeOutboundIPRanges', '', { 'include-outbound-cidrs': '' }],
  [
    'traffic.sidecar.istio.io/excludeOutboundIPRanges',
    '10.0.0.0/8,fd00::/8',
    { 'exclude-outbound-cidrs': '10.0.0.0/8,fd00::/8' },
  ],
  ['traffic.sidecar.istio.io/includeOutboundPorts', '5432', { 'include-outbound-ports': '5432' }],
  ['traffic.sidecar.istio.io/excludeOutboundPorts', '5432, 6379', { 'exclude-outbound-ports': '5432, 6379' }],
  ['traffic.sidecar.istio.io/includeInboundPorts', '*', { 'include-inbound-ports': '*' }],
  ['traffic.sidecar.istio.io/includeInboundPorts', '', { 'include-inbound-ports': '' }],
  ['traffic.sidecar.istio.io/excludeInboundPorts', '9090', { 'exclude-inbound-ports': '9090' }],
  ['traffic.sidecar.istio.io/excludeInterfaces', 'eth1', { 'exclude-interfaces': 'eth1' }],
  ['traffic.sidecar.istio.io/kubevirtInterfaces', 'vm0,vm1', { 'virtual-interfaces': 'vm0,vm1' }],
  ['istio.io/reroute-virtual-interfaces', 'vm0', { 'virtual-interfaces': 'vm0' }],
  ['sidecar.istio.io/interceptionMode', 'REDIRECT', { 'redirect-mode': 'redirect' }],
  ['sidecar.istio.io/interceptionMode', 'TPROXY', { 'redirect-mode': 'tproxy' }],
  ['sidecar.istio.io/interceptionMode', 'NONE', 'no equivalent'],
  ['sidecar.istio.io/proxyCPU', '50m', { 'proxy-cpu': '50m' }],
  ['sidecar.istio.io/proxyCPU', '3', { 'proxy-cpu': '3', 'proxy-cpu-limit': '3' }],
  ['sidecar.istio.io/proxyCPULimit', '1', { 'proxy-cpu-limit': '1' }],
  ['sidecar.istio.io/proxyCPULimit', '50m', { 'proxy-cpu-limit': '50m', 'proxy-cpu': '50m' }],
  ['sidecar.istio.io/proxyMemory', '40Mi', { 'proxy-memory': '40Mi' }],
  ['sidecar.istio.io/proxyMemory', '1Gi', { 'proxy-memory': '1Gi', 'proxy-memory-limit': '1Gi' }],
  ['sidecar.istio.io/proxyMemoryLimit', '512Mi', { 'proxy-memory-limit': '512Mi' }],
  ['sidecar.istio.io/logLevel', 'warn', { 'proxy-log-level': 'warning' }],
  ['sidecar.istio.io/logLevel', 'debug', { 'proxy-log-level': 'debug' }],
  ['sidecar.istio.io/componentLogLevel', 'misc:error', 'no equivalent'],
  ['sidecar.istio.io/agentLogLevel', 'default:info', 'not needed'],
  ['sidecar.istio.io/proxyImage', 'docker.io/istio/proxyv2:1.27.0', 'no equivalent'],
  ['sidecar.istio.io/proxyImageType', 'distroless', 'not needed'],
  ['sidecar.istio.io/nativeSidecar', 'true', 'not needed'],
  ['sidecar.istio.io/rewriteAppHTTPProbers', 'true', 'not needed'],
  ['sidecar.istio.io/status', '{"version":"x"}', 'not needed'],
  ['proxy.istio.io/overrides', '{"containers":[]}', 'not needed'],
  ['sidecar.istio.io/discoveryAddress', 'istiod:15012', 'not needed'],
  ['sidecar.istio.io/controlPlaneAuthPolicy', 'NONE', 'not needed'],
  ['sidecar.istio.io/bootstrapOverride', 'own', 'no equivalent'],
  ['sidecar.istio.io/userVolume', '[]', 'no equivalent'],
  ['sidecar.istio.io/userVolumeMount', '[]', 'no equivalent'],
  ['sidecar.istio.io/enableCoreDump', 'true', 'no equivalent'],
  ['sidecar.istio.io/extraStatTags', 'tag', 'no equivalent'],
  ['sidecar.istio.io/statsInclusionPrefixes', 'cluster', 'no equivalent'],
  ['sidecar.istio.io/statsInclusionSuffixes', 'total', 'no equivalent'],
  ['sidecar.istio.io/statsInclusionRegexps', '.*', 'no equivalent'],
  ['sidecar.istio.io/statsHistogramBuckets', '{}', 'no equivalent'],
  ['sidecar.istio.io/statsCompression', 'gzip', 'no equivalent'],
  ['sidecar.istio.io/statsFlushInterval', '5s', 'no equivalent'],
  ['sidecar.istio.io/statsEvictionInterval', '10s', 'no equivalent'],
  ['status.sidecar.istio.io/port', '15020', 'not needed'],
  ['readiness.status.sidecar.istio.io/applicationPorts', '8080', 'not needed'],
  ['readiness.status.sidecar.istio.io/initialDelaySeconds', '1', 'not needed'],
  ['readiness.status.sidecar.istio.io/periodSeconds', '1', 'not needed'],
  ['readiness.status.sidecar.istio.io/failureThreshold', '30', 'not needed'],
  ['proxy.istio.io/config', 'concurrency: 2', { 'proxy-concurrency': '2' }],
  ['inject.istio.io/templates', 'sidecar', 'not needed'],
  ['inject.istio.io/templates', 'sidecar,own', 'no equivalent'],
  ['prometheus.istio.io/merge-metrics', 'false', 'not needed'],
  ['galley.istio.io/analyze-suppress', '*', 'not needed'],
  ['alpha.istio.io/identity', 'x', 'no equivalent'],
  ['ambient.istio.io/redirection', 'enabled', 'not needed'],
  ['ambient.istio.io/bypass-inbound-capture', 'true', 'no equivalent'],
  ['ambient.istio.io/dns-capture', 'true', 'no equivalent'],
  ['policy.istio.io/check', 'ENABLE', 'not needed'],
  ['policy.istio.io/checkBaseRetryWaitTime', '80ms', 'not needed'],
  ['policy.istio.io/checkMaxRetryWaitTime', '1000ms', 'not needed'],
  ['policy.istio.io/checkRetries', '0', 'not needed'],
  ['policy.istio.io/lang', 'cexl', 'not needed'],
  ['install.operator.istio.io/chart-owner', 'base', 'stays'],
  ['install.operator.istio.io/owner-generation', '1', 'stays'],
  ['install.operator.istio.io/version', '1.27.0', 'stays'],
];

const istioLabels: readonly Example[] = [
  ['sidecar.istio.io/inject', 'true', { 'label inject': 'true' }],
  ['sidecar.istio.io/inject', 'false', { 'label inject': 'false' }],
  ['istio.io/rev', 'canary', { 'label inject': 'true' }],
  ['istio.io/dataplane-mode', 'ambient', 'no equivalent'],
  ['istio.io/dataplane-mode', 'none', 'not needed'],
  ['istio.io/use-waypoint', 'way', 'no equivalent'],
  ['istio.io/use-waypoint-namespace', 'way', 'no equivalent'],
  ['security.istio.io/tlsMode', 'istio', 'not needed'],
  ['service.istio.io/canonical-name', 'web', 'stays'],
  ['service.istio.io/canonical-revision', 'v1', 'stays'],
  ['service.istio.io/workload-name', 'web', 'stays'],
  ['topology.istio.io/cluster', 'one', 'stays'],
  ['topology.istio.io/network', 'one', 'stays'],
  ['istio-locality', 'r.z', 'stays'],
  ['operator.istio.io/component', 'Base', 'stays'],
  ['operator.istio.io/managed', 'Reconcile', 'stays'],
  ['operator.istio.io/version', '1.27.0', 'stays'],
];

const istioNamespaceLabels: readonly Example[] = [
  ['istio-injection', 'enabled', { 'label injection': 'enabled' }],
  ['istio-injection', 'disabled', { 'label injection': 'disabled' }],
  ['istio.io/rev', 'canary', { 'label injection': 'enabled' }],
  ['istio.io/dataplane-mode', 'ambient', 'no equivalent'],
  ['istio.io/use-waypoint', 'way', 'no equivalent'],
  ['istio.io/use-waypoint-namespace', 'way', 'no equivalent'],
  ['topology.istio.io/network', 'one', 'stays'],
];

/** On namespaces they are the defaults of their pods. */
const linkerdSettings: readonly Example[] = [
  ['config.linkerd.io/skip-inbound-ports', '25,8000-8100', { 'exclude-inbound-ports': '25,8000-8100' }],
  ['config.linkerd.io/skip-outbound-ports', '3306', { 'exclude-outbound-ports': '3306' }],
  ['config.linkerd.io/skip-subnets', '192.0.2.0/24', { 'exclude-inbound-cidrs': '192.0.2.0/24' }],
  ['config.linkerd.io/opaque-ports', '5432', 'not needed'],
  ['config.linkerd.io/pod-inbound-ports', '8080', 'not needed'],
  ['config.linkerd.io/proxy-cpu-request', '50m', { 'proxy-cpu': '50m' }],
  ['config.linkerd.io/proxy-cpu-limit', '1.5', { 'proxy-cpu-limit': '1.5' }],
  ['config.linkerd.io/proxy-cpu-ratio-limit', '0.5', 'no equivalent'],
  ['config.linkerd.io/proxy-memory-request', '40Mi', { 'proxy-memory': '40Mi' }],
  ['config.linkerd.io/proxy-memory-limit', '32Mi', { 'proxy-memory-limit': '32Mi', 'proxy-memory': '32Mi' }],
  ['config.linkerd.io/proxy-ephemeral-storage-request', '1Mi', { 'proxy-ephemeral-storage': '1Mi' }],
  ['config.linkerd.io/proxy-ephemeral-storage-limit', '2Mi', { 'proxy-ephemeral-storage-limit': '2Mi' }],
  ['config.linkerd.io/proxy-uid', '2102', { 'proxy-uid': '2102' }],
  ['config.linkerd.io/proxy-gid', '2102', 'not needed'],
  ['config.linkerd.io/proxy-log-level', 'linkerd=debug,warn', { 'proxy-log-level': 'warning' }],
  ['config.linkerd.io/proxy-log-level', 'linkerd=debug', 'no equivalent'],
  ['config.linkerd.io/proxy-log-format', 'json', 'no equivalent'],
  ['config.linkerd.io/proxy-log-http-headers', 'off', 'no equivalent'],
  ['config.linkerd.io/access-log', 'apache', { 'access-log': 'text' }],
  ['config.linkerd.io/access-log', 'json', { 'access-log': 'json' }],
  ['config.linkerd.io/proxy-await', 'enabled', 'not needed'],
  ['config.alpha.linkerd.io/proxy-wait-before-exit-seconds', '5', { 'drain-seconds': '5' }],
  ['config.linkerd.io/shutdown-grace-period', '2m', 'no equivalent'],
  ['config.alpha.linkerd.io/proxy-enable-native-sidecar', 'true', 'not needed'],
  ['config.beta.linkerd.io/proxy-enable-native-sidecar', 'true', 'not needed'],
  ['config.linkerd.io/proxy-enable-native-sidecar', 'true', 'not needed'],
  ['config.linkerd.io/proxy-image', 'proxy', 'no equivalent'],
  ['config.linkerd.io/proxy-version', 'v2.311.0', 'no equivalent'],
  ['config.linkerd.io/image-pull-policy', 'Always', 'no equivalent'],
  ['config.linkerd.io/init-image', 'init', 'not needed'],
  ['config.linkerd.io/init-image-version', 'v2.4.0', 'not needed'],
  ['config.linkerd.io/enable-debug-sidecar', 'true', 'no equivalent'],
  ['config.linkerd.io/debug-image', 'debug', 'no equivalent'],
  ['config.linkerd.io/debug-image-version', 'v1', 'no equivalent'],
  ['config.linkerd.io/debug-image-pull-policy', 'Always', 'no equivalent'],
  ['config.linkerd.io/control-port', '4190', 'not needed'],
  ['config.linkerd.io/inbound-port', '4143', 'not needed'],
  ['config.linkerd.io/outbound-port', '4140', 'not needed'],
  ['config.linkerd.io/admin-port', '4191', 'not needed'],
  ['config.linkerd.io/default-inbound-policy', 'all-unauthenticated', 'not needed'],
  ['config.linkerd.io/default-inbound-policy', 'deny', 'no equivalent'],
  ['config.linkerd.io/enable-external-profiles', 'true', 'no equivalent'],
  ['config.linkerd.io/proxy-outbound-connect-timeout', '1000ms', 'no equivalent'],
  ['config.linkerd.io/proxy-inbound-connect-timeout', '100ms', 'no equivalent'],
  ['config.linkerd.io/proxy-outbound-discovery-cache-unused-timeout', '5s', 'not needed'],
  ['config.linkerd.io/proxy-inbound-discovery-cache-unused-timeout', '90s', 'not needed'],
  ['config.linkerd.io/proxy-disable-outbound-protocol-detect-timeout', 'true', 'not needed'],
  ['config.linkerd.io/proxy-disable-inbound-protocol-detect-timeout', 'true', 'not needed'],
  ['config.linkerd.io/close-wait-timeout', '1m', 'no equivalent'],
  ['config.linkerd.io/proxy-additional-env', '[]', 'no equivalent'],
  ['config.linkerd.io/disable-identity', 'true', 'not needed'],
  ['config.linkerd.io/disable-tap', 'true', 'not needed'],
  ['config.linkerd.io/trace-collector', 'collector.tracing:55678', 'no equivalent'],
  ['config.alpha.linkerd.io/trace-collector-service-account', 'collector', 'not needed'],
  ['linkerd.io/created-by', 'linkerd/cli stable', 'not needed'],
  ['linkerd.io/proxy-version', 'stable', 'not needed'],
  ['linkerd.io/identity-mode', 'default', 'not needed'],
  ['linkerd.io/trust-root-sha256', 'ab', 'not needed'],
];

const linkerdAnnotations: readonly Example[] = [
  ['linkerd.io/inject', 'enabled', { 'label inject': 'true' }],
  ['linkerd.io/inject', 'ingress', { 'label inject': 'true' }],
  ['linkerd.io/inject', 'disabled', { 'label inject': 'false' }],
  ...linkerdSettings,
];

const linkerdLabels: readonly Example[] = [
  ['linkerd.io/control-plane-ns', 'linkerd', 'not needed'],
  ['linkerd.io/workload-ns', 'shop', 'not needed'],
  ['linkerd.io/proxy-deployment', 'web', 'not needed'],
  ['linkerd.io/proxy-daemonset', 'web', 'not needed'],
  ['linkerd.io/proxy-statefulset', 'web', 'not needed'],
  ['linkerd.io/proxy-replicaset', 'web', 'not needed'],
  ['linkerd.io/proxy-replicationcontroller', 'web', 'not needed'],
  ['linkerd.io/proxy-job', 'web', 'not needed'],
  ['linkerd.io/proxy-cronjob', 'web', 'not needed'],
];

const linkerdNamespaceAnnotations: readonly Example[] = [
  ['linkerd.io/inject', 'enabled', { 'label injection': 'enabled' }],
  ['linkerd.io/inject', 'ingress', { 'label injection': 'enabled' }],
  ['linkerd.io/inject', 'disabled', 'not needed'],
  ...linkerdSettings,
];

const linkerdNamespaceLabels: readonly Example[] = [
  ['linkerd.io/extension', 'viz', 'stays'],
  ['config.linkerd.io/admission-webhooks', 'disabled', 'stays'],
];

const kumaInjection: readonly Example[] = [
  ['kuma.io/sidecar-injection', 'enabled', { 'label inject': 'true' }],
  ['kuma.io/sidecar-injection', 'false', { 'label inject': 'false' }],
  ['kuma.io/sidecar-injection', 'yes', { 'label inject': 'true' }],
];
const kumaAnnotations: readonly Example[] = [
  ...kumaInjection,
  ['traffic.kuma.io/exclude-inbound-ports', '1234', { 'exclude-inbound-ports': '1234' }],
  ['traffic.kuma.io/exclude-outbound-ports', '1234,5678', { 'exclude-outbound-ports': '1234,5678' }],
  ['traffic.kuma.io/exclude-inbound-ips', '10.0.0.0/8', { 'exclude-inbound-cidrs': '10.0.0.0/8' }],
  [
    'traffic.kuma.io/exclude-outbound-ips',
    '192.168.10.1,fd10::/16, fd10::1',
    { 'exclude-outbound-cidrs': '192.168.10.1/32,fd10::/16,fd10::1/128' },
  ],
  ['traffic.kuma.io/exclude-outbound-ports-for-uids', 'tcp:80:1000', 'no equivalent'],
  ['traffic.kuma.io/drop-invalid-packets', 'true', { 'drop-invalid': 'true' }],
  ['traffic.kuma.io/drop-invalid-packets', 'disabled', { 'drop-invalid': 'false' }],
  ['traffic.kuma.io/iptables-logs', 'enabled', 'no equivalent'],
  ['traffic.kuma.io/transparent-proxy-config', 'verbose: true', 'no equivalent'],
  ['traffic.kuma.io/transparent-proxy-configmap-name', 'own', 'no equivalent'],
  ['kuma.io/sidecar-uid', '5678', { 'proxy-uid': '5678' }],
  ['kuma.io/sidecar-proxy-concurrency', '2', { 'proxy-concurrency': '2' }],
  ['kuma.io/sidecar-proxy-concurrency', '0', 'not needed'],
  ['kuma.io/sidecar-drain-time', '10s', { 'drain-seconds': '10' }],
  ['kuma.io/sidecar-env-vars', 'TEST1=1;TEST2=2', 'no equivalent'],
  ['kuma.io/container-patches', 'patch-1', 'no equivalent'],
  ['kuma.io/envoy-log-level', 'warn', { 'proxy-log-level': 'warning' }],
  ['kuma.io/envoy-component-log-level', 'upstream:debug', 'no equivalent'],
  ['kuma.io/envoy-admin-port', '8801', 'not needed'],
  ['kuma.io/gateway', 'enabled', { 'include-inbound-ports': '' }],
  ['kuma.io/gateway', 'disabled', 'not needed'],
  ['kuma.io/gateway', 'builtin', 'no equivalent'],
  ['kuma.io/ingress', 'enabled', 'no equivalent'],
  ['kuma.io/ingress-public-address', 'zone.example.com', 'no equivalent'],
  ['kuma.io/ingress-public-port', '1234', 'no equivalent'],
  ['kuma.io/egress', 'enabled', 'no equivalent'],
  ['kuma.io/init-first', 'true', 'not needed'],
  ['kuma.io/wait-for-dataplane-ready', 'true', 'not needed'],
  ['kuma.io/virtual-probes', 'enabled', 'not needed'],
  ['kuma.io/virtual-probes-port', '9000', 'not needed'],
  ['kuma.io/application-probe-proxy-port', '9001', 'not needed'],
  ['prometheus.metrics.kuma.io/port', '1234', 'no equivalent'],
  ['prometheus.metrics.kuma.io/path', '/custom', 'no equivalent'],
  ['prometheus.metrics.kuma.io/aggregate-app-port', '1234', 'no equivalent'],
  ['prometheus.metrics.kuma.io/aggregate-app-enabled', 'false', 'no equivalent'],
  ['kuma.io/builtin-dns', 'enabled', 'no equivalent'],
  ['kuma.io/builtin-dns-port', '15053', 'no equivalent'],
  ['kuma.io/builtin-dns-logging', 'false', 'no equivalent'],
  ['kuma.io/builtindns', 'enabled', 'no equivalent'],
  ['kuma.io/builtindnsport', '15053', 'no equivalent'],
  ['kuma.io/direct-access-services', 'app_shop_svc_80', 'not needed'],
  ['kuma.io/reachable-backends', 'refs: []', 'not needed'],
  ['kuma.io/transparent-proxying-reachable-services', 'redis_shop_svc_6379', 'not needed'],
  ['kuma.io/tags', '{"version":"1"}', 'no equivalent'],
  ['kuma.io/mesh', 'default', 'no equivalent'],
  ['kuma.io/ignore', 'true', 'no equivalent'],
  ['kuma.io/service-account-token-volume', 'token', 'not needed'],
  ['k8s.kuma.io/spire-support', 'true', 'no equivalent'],
  ['kuma.io/sidecar-injected', 'true', 'not needed'],
  ['kuma.io/transparent-proxying', 'enabled', 'not needed'],
  ['kuma.io/transparent-proxying-inbound-port', '15006', 'not needed'],
  ['kuma.io/transparent-proxying-inbound-v6-port', '0', 'not needed'],
  ['kuma.io/transparent-proxying-outbound-port', '15001', 'not needed'],
  ['kuma.io/transparent-proxying-ip-family-mode', 'dualstack', 'not needed'],
  ['kuma.io/transparent-proxying-experimental-engine', 'enabled', 'not needed'],
  ['kuma.io/transparent-proxying-ebpf', 'disabled', 'not needed'],
  ['kuma.io/transparent-proxying-ebpf-bpf-fs-path', '/sys/fs/bpf', 'not needed'],
  ['kuma.io/transparent-proxying-ebpf-cgroup-path', '/sys/fs/cgroup', 'not needed'],
  ['kuma.io/transparent-proxying-ebpf-instance-ip-env-var-name', 'IP', 'not needed'],
  ['kuma.io/transparent-proxying-ebpf-programs-source-path', '/ebpf', 'not needed'],
  ['kuma.io/transparent-proxying-ebpf-tc-attach-iface', 'eth3', 'not needed'],
];
const kumaLabels: readonly Example[] = [
  ...kumaInjection,
  ['kuma.io/mesh', 'default', 'stays'],
  ['kuma.io/workload', 'web', 'stays'],
  ['k8s.kuma.io/spire-support', 'true', 'no equivalent'],
];
const kumaNamespace: readonly Example[] = [
  ['kuma.io/sidecar-injection', 'enabled', { 'label injection': 'enabled' }],
  ['kuma.io/sidecar-injection', 'disabled', 'not needed'],
];

interface Examples {
  readonly mesh: Mesh;
  readonly on: 'pod' | 'namespace';
  readonly as: 'label' | 'annotation';
  readonly examples: readonly Example[];
}

const all: readonly Examples[] = [
  { mesh: istio, on: 'pod', as: 'annotation', examples: istioAnnotations },
  { mesh: istio, on: 'pod', as: 'label', examples: istioLabels },
  { mesh: istio, on: 'namespace', as: 'label', examples: istioNamespaceLabels },
  { mesh: linkerd, on: 'pod', as: 'annotation', examples: linkerdAnnotations },
  { mesh: linkerd, on: 'pod', as: 'label', examples: linkerdLabels },
  { mesh: linkerd, on: 'namespace', as: 'annotation', examples: linkerdNamespaceAnnotations },
  { mesh: linkerd, on: 'namespace', as: 'label', examples: linkerdNamespaceLabels },
  { mesh: kuma, on: 'pod', as: 'annotation', examples: kumaAnnotations },
  { mesh: kuma, on: 'pod', as: 'label', examples: kumaLabels },
  {
    mesh: kuma,
    on: 'namespace',
    as: 'annotation',
    examples: [...kumaNamespace, ['kuma.io/mesh', 'default', 'no equivalent']],
  },
  {
    mesh: kuma,
    on: 'namespace',
    as: 'label',
    examples: [
      ...kumaNamespace,
      ['kuma.io/mesh', 'default', 'stays'],
      ['kuma.io/system-namespace', 'true', 'stays'],
    ],
  },
];

for (const { mesh, on, as, examples } of all) {
  describe(`${mesh.name}'s ${as}s of a ${on}`, () => {
    it('are all here', () => {
      const known = mesh.rows.filter((row) => row.as === as && row.on.includes(on)).map(({ key }) => key);
      const shown = examples.map(([key]) => key.replace(/(?<=\/aggregate-).*/, '*'));
      expect([...new Set(shown)].sort()).to.deep.equal(known.sort());
    });

    for (const [key, text, expected] of examples) {
      const becomes = typeof expected === 'string' ? expected : JSON.stringify(expected);
      it(`${key}=${text}: ${becomes}`, () => {
        const field = `${as}s`;
        const before =
          on === 'pod' ? pod() : { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
        const result = migrated(
          JSON.stringify({ ...before, metadata: { ...before.metadata, [field]: { [key]: text } } }),
        );
        const { labels = {}, annotations = {}, ...rest } = JSON.parse(result.text).metadata;
        expect(rest).to.deep.equal(before.metadata);

        const marks = Object.entries(typeof expected === 'string' ? {} : expected);
        const ours = (part: 'label' | 'annotation') =>
          marks
            .filter(([name]) => name.startsWith('label ') === (part === 'label'))
            .map(([name, value]) => [`outrider.io/${name.replace('label ', '')}`, value]);
        const stays = expected === 'no equivalent' || expected === 'stays' ? { [key]: text } : {};
        expect(labels).to.deep.equal({ ...Object.fromEntries(ours('label')), ...(as === 'label' && stays) });
        expect(annotations).to.deep.equal({
          ...Object.fromEntries(ours('annotation')),
          ...(as === 'annotation' && stays),
        });
        const word = typeof expected === 'string' ? expected : 'translated';
        expect(result.notes[0]).to.include(`/shop: ${word}: ${as} ${key}`);

        expect(migrated(result.text).text).to.equal(result.text);

        // The webhook takes it: as a pod, and as the namespace of one.
        const surroundings =
          on === 'pod' ? {} : { label: labels['outrider.io/injection'], labels, annotations };
        const injected = inject(on === 'pod' ? JSON.parse(result.text) : pod(), surroundings);
        expect(injected.spec.containers[0].name).to.equal('shop');
      });
    }
  });
}
