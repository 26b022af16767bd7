import { harmless, noEquivalent, notNeeded, type Row, toSeconds, toSetting, toWord } from './fate.ts';
import { isOf, type Mesh } from './mesh.ts';
import { envoyLogLevels } from './words.ts';

const yes = ['enabled', 'true', 'yes'];
const no = ['disabled', 'false', 'no'];
const booleans = Object.fromEntries([
  ...yes.map((word) => [word, 'true']),
  ...no.map((word) => [word, 'false']),
]);

/** A pod's own word is stronger than its namespace's: one that is not labelled has no veto, unlike one that is disabled. */
const injection =
  (of: 'pod' | 'namespace'): Row['fatesOf'] =>
  (text) => {
    if (yes.includes(text)) return [{ kind: 'injection', wanted: true }];
    if (!no.includes(text)) return [{ kind: 'invalid', expected: 'enabled or disabled' }];
    return of === 'pod'
      ? [{ kind: 'injection', wanted: false }]
      : [{ kind: 'not-needed', why: 'a namespace without a label is not injected' }];
  };

/** Kuma takes addresses among its blocks. */
const toBlocks =
  (key: string): Row['fatesOf'] =>
  (text) => {
    const items = text.split(',').map((item) => item.trim());
    const blocks = items.map((item) =>
      item.includes('/') ? item : `${item}/${item.includes(':') ? '128' : '32'}`,
    );
    return [{ kind: 'setting', key, text: blocks.join(',') }];
  };

/** The one who delegates brings a proxy of its own, to which clients come: that is left alone. */
const gateway: Row['fatesOf'] = (text) => {
  if (text === 'builtin') return [{ kind: 'no-equivalent', why: 'there are no gateways' }];
  if (no.includes(text)) return [{ kind: 'not-needed', why: 'a pod is no gateway by itself' }];
  return yes.includes(text)
    ? [{ kind: 'setting', key: 'include-inbound-ports', text: '' }]
    : [{ kind: 'invalid', expected: 'enabled, disabled or builtin' }];
};

const ownContainer = 'declare a container outrider-proxy (docs/overriding-the-proxy.md)';
const stats =
  'the proxy has all of its metrics on port 15090, the application has its own (docs/observability.md)';
const probes = 'probes reach the application (docs/probes.md)';
const noZones = 'there are no zones';
const noNames = 'DNS is not captured, and there are no names of a mesh';
const noServices = 'the proxy has no list of services';
const noTags = 'there are no tags of a mesh';
const noIdentity = 'the proxy has no identity of its own';
const noPrograms = 'rules are written by outrider-init';
const written = "Kuma's injector writes it";
const asWhole = 'settings stand one by one, as annotations or in the ConfigMap (docs/settings.md)';
const oneMesh = 'there is one mesh';

/** Of every version: what Kuma reads no more is in files still. */
const pod: Readonly<Record<string, Row['fatesOf']>> = {
  'traffic.kuma.io/exclude-inbound-ports': toSetting('exclude-inbound-ports'),
  'traffic.kuma.io/exclude-outbound-ports': toSetting('exclude-outbound-ports'),
  'traffic.kuma.io/exclude-inbound-ips': toBlocks('exclude-inbound-cidrs'),
  'traffic.kuma.io/exclude-outbound-ips': toBlocks('exclude-outbound-cidrs'),
  'traffic.kuma.io/exclude-outbound-ports-for-uids': noEquivalent(
    'a user is left alone on all ports or on none: outrider.io/exclude-uids',
  ),
  'traffic.kuma.io/drop-invalid-packets': toWord('drop-invalid', booleans),
  'traffic.kuma.io/iptables-logs': noEquivalent(
    'where a connection goes is told by outrider-init trace (docs/outrider-init.md)',
  ),
  'traffic.kuma.io/transparent-proxy-config': noEquivalent(asWhole),
  'traffic.kuma.io/transparent-proxy-configmap-name': noEquivalent(asWhole),
  'kuma.io/sidecar-uid': toSetting('proxy-uid'),
  'kuma.io/sidecar-proxy-concurrency': (text) =>
    text === '0'
      ? [{ kind: 'not-needed', why: 'there is a thread for each CPU of the limit' }]
      : [{ kind: 'setting', key: 'proxy-concurrency', text }],
  'kuma.io/sidecar-drain-time': toSeconds(
    'drain-seconds',
    'the proxy stays at least so long, and until the application has ended',
  ),
  'kuma.io/sidecar-env-vars': noEquivalent(ownContainer),
  'kuma.io/container-patches': noEquivalent(ownContainer),
  'kuma.io/envoy-log-level': toWord('proxy-log-level', envoyLogLevels),
  'kuma.io/envoy-component-log-level': noEquivalent('one level holds for all: outrider.io/proxy-log-level'),
  'kuma.io/envoy-admin-port': notNeeded("Envoy's admin interface is a socket of its own container"),
  'kuma.io/gateway': gateway,
  'kuma.io/ingress': noEquivalent(noZones),
  'kuma.io/ingress-public-address': noEquivalent(noZones),
  'kuma.io/ingress-public-port': noEquivalent(noZones),
  'kuma.io/egress': noEquivalent(noZones),
  'kuma.io/init-first': notNeeded("outrider-init comes before the pod's own init containers"),
  'kuma.io/wait-for-dataplane-ready': notNeeded('the application always waits until the proxy is ready'),
  'kuma.io/virtual-probes': notNeeded(probes),
  'kuma.io/virtual-probes-port': notNeeded(probes),
  'kuma.io/application-probe-proxy-port': notNeeded(probes),
  'prometheus.metrics.kuma.io/port': noEquivalent(stats),
  'prometheus.metrics.kuma.io/path': noEquivalent(stats),
  'prometheus.metrics.kuma.io/aggregate-*': noEquivalent(stats),
  'kuma.io/builtin-dns': noEquivalent(noNames),
  'kuma.io/builtin-dns-port': noEquivalent(noNames),
  'kuma.io/builtin-dns-logging': noEquivalent(noNames),
  'kuma.io/builtindns': noEquivalent(noNames),
  'kuma.io/builtindnsport': noEquivalent(noNames),
  'kuma.io/direct-access-services': notNeeded('connections go where the application makes them'),
  'kuma.io/reachable-backends': notNeeded(noServices),
  'kuma.io/transparent-proxying-reachable-services': notNeeded(noServices),
  'kuma.io/tags': noEquivalent(noTags),
  'kuma.io/mesh': noEquivalent(oneMesh),
  'kuma.io/ignore': noEquivalent('a pod without a proxy has the label outrider.io/inject=false'),
  'kuma.io/service-account-token-volume': notNeeded('the proxy asks nobody, and needs no token'),
  'k8s.kuma.io/spire-support': noEquivalent(noIdentity),
  'kuma.io/sidecar-injected': notNeeded(written),
  'kuma.io/transparent-proxying': notNeeded(written),
  'kuma.io/transparent-proxying-inbound-port': notNeeded(written),
  'kuma.io/transparent-proxying-inbound-v6-port': notNeeded('the families are those that the pod has'),
  'kuma.io/transparent-proxying-outbound-port': notNeeded(written),
  'kuma.io/transparent-proxying-ip-family-mode': notNeeded('the families are those that the pod has'),
  'kuma.io/transparent-proxying-experimental-engine': notNeeded(noPrograms),
  'kuma.io/transparent-proxying-ebpf': notNeeded(noPrograms),
  'kuma.io/transparent-proxying-ebpf-bpf-fs-path': notNeeded(noPrograms),
  'kuma.io/transparent-proxying-ebpf-cgroup-path': notNeeded(noPrograms),
  'kuma.io/transparent-proxying-ebpf-instance-ip-env-var-name': notNeeded(noPrograms),
  'kuma.io/transparent-proxying-ebpf-programs-source-path': notNeeded(noPrograms),
  'kuma.io/transparent-proxying-ebpf-tc-attach-iface': notNeeded(noPrograms),
};

const podLabels: Readonly<Record<string, Row['fatesOf']>> = {
  'kuma.io/mesh': harmless(oneMesh),
  'kuma.io/workload': harmless('it only describes the pod'),
  'k8s.kuma.io/spire-support': noEquivalent(noIdentity),
};

const namespaceLabels: Readonly<Record<string, Row['fatesOf']>> = {
  'kuma.io/mesh': harmless(oneMesh),
  'kuma.io/system-namespace': harmless('it is where Kuma itself is'),
};

const rows = (['pod', 'namespace'] as const).flatMap((on) =>
  (['label', 'annotation'] as const).map((as) => ({
    key: 'kuma.io/sidecar-injection',
    as,
    on: [on],
    fatesOf: injection(on),
  })),
);

const rowsOf = (
  as: Row['as'],
  on: Row['on'][number],
  fates: Readonly<Record<string, Row['fatesOf']>>,
): readonly Row[] => Object.entries(fates).map(([key, fatesOf]) => ({ key, as, on: [on], fatesOf }));

/** Every label and annotation that Kuma documents for pods and namespaces. */
export const kuma: Mesh = {
  name: 'Kuma',
  owns: (key) => isOf(key, 'kuma.io'),
  rows: [
    ...rows,
    ...rowsOf('annotation', 'pod', pod),
    ...rowsOf('label', 'pod', podLabels),
    ...rowsOf('annotation', 'namespace', { 'kuma.io/mesh': noEquivalent(oneMesh) }),
    ...rowsOf('label', 'namespace', namespaceLabels),
  ],
  containers: ['kuma-sidecar', 'kuma-init', 'kuma-validation'],
  wayBack: 'take the file from before the injection, or remove the container',
  misses: "Kuma's policies, encryption among them, have no counterpart in Outrider",
};
