import { type Fate, harmless, noEquivalent, notNeeded, type Row, toSetting, toWord } from './fate.ts';
import { proxyConfigFates } from './istio-proxy-config.ts';
import { isOf, type Mesh } from './mesh.ts';
import { envoyLogLevels, interceptionModes } from './words.ts';

const ownContainer = 'declare a container outrider-proxy (docs/overriding-the-proxy.md)';
const stats = 'the proxy has all of its metrics on port 15090 (docs/observability.md)';
const readiness = 'outrider-init waits for the proxy, and readiness is on port 15021';
const noControlPlane = 'there is no control plane that the proxy would ask';
const written = "Istio's injector writes it";
const describes = 'it only describes the pod';
const mixer = 'Istio itself has no Mixer any more';

/** Which of several injectors is a choice of its own. */
const otherRevision =
  "Istio's revision is none of Outrider's: for one of those, where you have several, add the label outrider.io/revision";

const inject = 'sidecar.istio.io/inject';

/** Istio hears the words `true` and `false` alone, and takes the label's where there are both. */
function injectionOf(text: string): Fate {
  return text === 'true' || text === 'false'
    ? { kind: 'injection', wanted: text === 'true' }
    : { kind: 'invalid', expected: 'true or false' };
}

/** Of the resources of a pod; Istio reads none of them on a namespace. */
const annotations: Readonly<Record<string, Row['fatesOf']>> = {
  [inject]: (text, { labels }) => {
    if (labels[inject] !== undefined) return [{ kind: 'not-needed', why: 'the label of the same name wins' }];
    const fate = injectionOf(text);
    // The API server asks Istio's webhook by labels alone.
    return fate.kind === 'injection' && fate.wanted
      ? [{ kind: 'not-needed', why: 'as an annotation it asks for no more than the namespace does' }]
      : [fate];
  },
  'traffic.sidecar.istio.io/includeOutboundIPRanges': toSetting('include-outbound-cidrs'),
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': toSetting('exclude-outbound-cidrs'),
  'traffic.sidecar.istio.io/includeOutboundPorts': toSetting('include-outbound-ports'),
  'traffic.sidecar.istio.io/excludeOutboundPorts': toSetting('exclude-outbound-ports'),
  'traffic.sidecar.istio.io/includeInboundPorts': toSetting('include-inbound-ports'),
  'traffic.sidecar.istio.io/excludeInboundPorts': (text, object) => {
    const includes = object.annotations['traffic.sidecar.istio.io/includeInboundPorts'] ?? '*';
    return includes.trim() === '*'
      ? [{ kind: 'setting', key: 'exclude-inbound-ports', text }]
      : [{ kind: 'not-needed', why: 'Istio reads it only where all ports are included' }];
  },
  'traffic.sidecar.istio.io/excludeInterfaces': toSetting('exclude-interfaces'),
  'traffic.sidecar.istio.io/kubevirtInterfaces': toSetting('virtual-interfaces'),
  'istio.io/reroute-virtual-interfaces': toSetting('virtual-interfaces'),
  'sidecar.istio.io/interceptionMode': interceptionModes,
  'sidecar.istio.io/proxyCPU': toSetting('proxy-cpu'),
  'sidecar.istio.io/proxyCPULimit': toSetting('proxy-cpu-limit'),
  'sidecar.istio.io/proxyMemory': toSetting('proxy-memory'),
  'sidecar.istio.io/proxyMemoryLimit': toSetting('proxy-memory-limit'),
  'sidecar.istio.io/logLevel': toWord('proxy-log-level', envoyLogLevels),
  'sidecar.istio.io/componentLogLevel': noEquivalent('one level holds for all: outrider.io/proxy-log-level'),
  'sidecar.istio.io/agentLogLevel': notNeeded('there is no agent'),
  'sidecar.istio.io/proxyImage': noEquivalent(
    "Istio's image is no stock Envoy; for one of your own set outrider.io/proxy-image",
  ),
  'sidecar.istio.io/proxyImageType': notNeeded('the image of stock Envoy is distroless'),
  'sidecar.istio.io/nativeSidecar': notNeeded('the proxy is always a native sidecar'),
  'sidecar.istio.io/rewriteAppHTTPProbers': notNeeded('probes reach the application (docs/probes.md)'),
  'sidecar.istio.io/status': notNeeded(written),
  'proxy.istio.io/overrides': notNeeded(written),
  'sidecar.istio.io/discoveryAddress': notNeeded(noControlPlane),
  'sidecar.istio.io/controlPlaneAuthPolicy': notNeeded(noControlPlane),
  'sidecar.istio.io/bootstrapOverride': noEquivalent('the bootstrap is rendered from the settings alone'),
  'sidecar.istio.io/userVolume': noEquivalent(`the volume of the pod is yours to write; ${ownContainer}`),
  'sidecar.istio.io/userVolumeMount': noEquivalent(ownContainer),
  'sidecar.istio.io/enableCoreDump': noEquivalent('the proxy writes no core dumps'),
  'sidecar.istio.io/extraStatTags': noEquivalent(stats),
  'sidecar.istio.io/statsInclusionPrefixes': noEquivalent(stats),
  'sidecar.istio.io/statsInclusionSuffixes': noEquivalent(stats),
  'sidecar.istio.io/statsInclusionRegexps': noEquivalent(stats),
  'sidecar.istio.io/statsHistogramBuckets': noEquivalent(stats),
  'sidecar.istio.io/statsCompression': noEquivalent(stats),
  'sidecar.istio.io/statsFlushInterval': noEquivalent(stats),
  'sidecar.istio.io/statsEvictionInterval': noEquivalent(stats),
  'status.sidecar.istio.io/port': notNeeded(readiness),
  'readiness.status.sidecar.istio.io/applicationPorts': notNeeded(readiness),
  'readiness.status.sidecar.istio.io/initialDelaySeconds': notNeeded(readiness),
  'readiness.status.sidecar.istio.io/periodSeconds': notNeeded(readiness),
  'readiness.status.sidecar.istio.io/failureThreshold': notNeeded(readiness),
  'proxy.istio.io/config': proxyConfigFates,
  'inject.istio.io/templates': (text) => [
    text === 'sidecar'
      ? { kind: 'not-needed', why: 'there is one way to inject' }
      : { kind: 'no-equivalent', why: `there are no templates; for the proxy's container ${ownContainer}` },
  ],
  'prometheus.istio.io/merge-metrics': notNeeded(
    "the application's metrics stay where they are, the proxy's are on port 15090",
  ),
  'galley.istio.io/analyze-suppress': notNeeded('it is for istioctl analyze'),
  'alpha.istio.io/identity': noEquivalent('the proxy has no identity of its own'),
  'ambient.istio.io/redirection': notNeeded(written),
  'ambient.istio.io/bypass-inbound-capture': noEquivalent(
    'it is for ambient mode; inbound ports are left alone by outrider.io/exclude-inbound-ports',
  ),
  'ambient.istio.io/dns-capture': noEquivalent('DNS is not captured'),
  'policy.istio.io/check': notNeeded(mixer),
  'policy.istio.io/checkBaseRetryWaitTime': notNeeded(mixer),
  'policy.istio.io/checkMaxRetryWaitTime': notNeeded(mixer),
  'policy.istio.io/checkRetries': notNeeded(mixer),
  'policy.istio.io/lang': notNeeded(mixer),
  'install.operator.istio.io/chart-owner': harmless(describes),
  'install.operator.istio.io/owner-generation': harmless(describes),
  'install.operator.istio.io/version': harmless(describes),
};

const podLabels: Readonly<Record<string, Row['fatesOf']>> = {
  [inject]: (text) => [injectionOf(text)],
  'istio.io/rev': (_, { labels, annotations: given }) =>
    (labels[inject] ?? given[inject]) === undefined
      ? [{ kind: 'injection', wanted: true, but: otherRevision }]
      : [{ kind: 'not-needed', why: `${inject} decides, and ${otherRevision}` }],
  'istio.io/dataplane-mode': (text) => [dataplaneMode(text)],
  'istio.io/use-waypoint': noEquivalent('there are no waypoints'),
  'istio.io/use-waypoint-namespace': noEquivalent('there are no waypoints'),
  'security.istio.io/tlsMode': notNeeded(written),
  'service.istio.io/canonical-name': harmless(describes),
  'service.istio.io/canonical-revision': harmless(describes),
  'service.istio.io/workload-name': harmless(describes),
  'topology.istio.io/cluster': harmless(describes),
  'topology.istio.io/network': harmless(describes),
  'istio-locality': harmless(describes),
  'operator.istio.io/component': harmless(describes),
  'operator.istio.io/managed': harmless(describes),
  'operator.istio.io/version': harmless(describes),
};

const namespaceLabels: Readonly<Record<string, Row['fatesOf']>> = {
  'istio-injection': (text) => [
    text === 'enabled' || text === 'disabled'
      ? { kind: 'injection', wanted: text === 'enabled' }
      : { kind: 'invalid', expected: 'enabled or disabled' },
  ],
  'istio.io/rev': (_, { labels }) => [
    labels['istio-injection'] === undefined
      ? { kind: 'injection', wanted: true, but: otherRevision }
      : { kind: 'not-needed', why: `istio-injection decides, and ${otherRevision}` },
  ],
  'istio.io/dataplane-mode': (text) => [dataplaneMode(text)],
  'istio.io/use-waypoint': noEquivalent('there are no waypoints'),
  'istio.io/use-waypoint-namespace': noEquivalent('there are no waypoints'),
  'topology.istio.io/network': harmless('it only describes the namespace'),
};

function dataplaneMode(text: string): Fate {
  return text === 'ambient'
    ? {
        kind: 'no-equivalent',
        why: 'ambient mode redirects pods, too: remove it before Outrider injects them',
      }
    : { kind: 'not-needed', why: 'there is one mode' };
}

const rowsOf = (
  as: Row['as'],
  on: Row['on'],
  fates: Readonly<Record<string, Row['fatesOf']>>,
): readonly Row[] => Object.entries(fates).map(([key, fatesOf]) => ({ key, as, on, fatesOf }));

/** Every label and annotation that Istio documents for pods and namespaces. */
export const istio: Mesh = {
  name: 'Istio',
  owns: (key) => isOf(key, 'istio.io') || key === 'istio-injection' || key === 'istio-locality',
  rows: [
    ...rowsOf('annotation', ['pod'], annotations),
    ...rowsOf('label', ['pod'], podLabels),
    ...rowsOf('label', ['namespace'], namespaceLabels),
  ],
  containers: ['istio-proxy', 'istio-init', 'istio-validation'],
  wayBack: 'take the file from before istioctl kube-inject, or remove the container',
  misses: 'Istio encrypts connections between its pods (mutual TLS): Outrider does not',
};
