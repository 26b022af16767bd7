import { type Fate, harmless, noEquivalent, notNeeded, type Row, toSetting, toWord } from './fate.ts';
import { isOf, type Mesh } from './mesh.ts';

const fixedPorts = "the proxy's ports are fixed: 15001, 15006, 15020, 15021, 15090";
const debug = 'ask for a container by kubectl debug';
const ownImage = "Linkerd's image is no Envoy; for one of your own set outrider.io/proxy-image";
const nothingToDetect = 'protocols are declared, not detected (docs/protocols.md)';
const connect = 'a destination that does not answer is given up after ten seconds';
const native = 'the proxy is always a native sidecar';
const written = "Linkerd's injector writes it";

const words: Readonly<Record<string, string>> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
  off: 'off',
};

/** `warn,linkerd=info`: of the directives, the level that stands alone. */
function logLevelFates(text: string): readonly Fate[] {
  const directives = text.split(',').map((one) => one.trim());
  const level = directives.findLast((one) => Object.hasOwn(words, one.toLowerCase()))?.toLowerCase();
  const ofModules = directives.filter((one) => !Object.hasOwn(words, one.toLowerCase())).join(',');
  if (level === undefined) {
    return [{ kind: 'no-equivalent', why: 'it names no level for all: outrider.io/proxy-log-level' }];
  }
  const but = ofModules === '' ? {} : { but: `${ofModules} has no equivalent` };
  return [{ kind: 'setting', key: 'proxy-log-level', text: words[level] ?? '', ...but }];
}

function namespaceInjection(text: string): readonly Fate[] {
  // There a pod may still ask for itself; a namespace that Outrider knows as disabled has a veto.
  return text === 'disabled'
    ? [{ kind: 'not-needed', why: 'a namespace without a label is not injected' }]
    : podInjection(text);
}

function podInjection(text: string): readonly Fate[] {
  const but = 'connections go where the application dials: there is no ingress mode';
  switch (text) {
    case 'enabled':
      return [{ kind: 'injection', wanted: true }];
    case 'ingress':
      return [{ kind: 'injection', wanted: true, but }];
    case 'disabled':
      return [{ kind: 'injection', wanted: false }];
    default:
      return [{ kind: 'invalid', expected: 'one of enabled, disabled, ingress' }];
  }
}

/** Read on pods, and on namespaces as the default of their pods. */
const annotations: Readonly<Record<string, Row['fatesOf']>> = {
  'config.linkerd.io/skip-inbound-ports': toSetting('exclude-inbound-ports'),
  'config.linkerd.io/skip-outbound-ports': toSetting('exclude-outbound-ports'),
  'config.linkerd.io/skip-subnets': toSetting(
    'exclude-inbound-cidrs',
    'as with Linkerd, of connections from these addresses; for those to them set outrider.io/exclude-outbound-cidrs',
  ),
  'config.linkerd.io/opaque-ports': notNeeded('ports that declare no protocol pass as bytes'),
  'config.linkerd.io/pod-inbound-ports': notNeeded('all ports are captured, whatever the pod declares'),
  'config.linkerd.io/proxy-cpu-request': toSetting('proxy-cpu'),
  'config.linkerd.io/proxy-cpu-limit': toSetting('proxy-cpu-limit'),
  'config.linkerd.io/proxy-cpu-ratio-limit': noEquivalent(
    'there is a thread for each CPU of the limit: outrider.io/proxy-cpu-limit, outrider.io/proxy-concurrency',
  ),
  'config.linkerd.io/proxy-memory-request': toSetting('proxy-memory'),
  'config.linkerd.io/proxy-memory-limit': toSetting('proxy-memory-limit'),
  'config.linkerd.io/proxy-ephemeral-storage-request': toSetting('proxy-ephemeral-storage'),
  'config.linkerd.io/proxy-ephemeral-storage-limit': toSetting('proxy-ephemeral-storage-limit'),
  'config.linkerd.io/proxy-uid': toSetting('proxy-uid'),
  'config.linkerd.io/proxy-gid': notNeeded("the proxy's group has the number of its user"),
  'config.linkerd.io/proxy-log-level': logLevelFates,
  'config.linkerd.io/proxy-log-format': noEquivalent(
    "the proxy's own log is text; its access log may be JSON",
  ),
  'config.linkerd.io/proxy-log-http-headers': noEquivalent('headers are not logged'),
  'config.linkerd.io/access-log': toWord(
    'access-log',
    { apache: 'text', json: 'json' },
    'lines are as docs/observability.md says, one for each connection, too',
  ),
  'config.linkerd.io/proxy-await': notNeeded('the application always waits until the proxy is ready'),
  'config.alpha.linkerd.io/proxy-wait-before-exit-seconds': toSetting('drain-seconds'),
  'config.linkerd.io/shutdown-grace-period': noEquivalent(
    "the proxy stays until the application has ended, at most the pod's terminationGracePeriodSeconds",
  ),
  'config.alpha.linkerd.io/proxy-enable-native-sidecar': notNeeded(native),
  'config.beta.linkerd.io/proxy-enable-native-sidecar': notNeeded(native),
  'config.linkerd.io/proxy-enable-native-sidecar': notNeeded(native),
  'config.linkerd.io/proxy-image': noEquivalent(ownImage),
  'config.linkerd.io/proxy-version': noEquivalent(ownImage),
  'config.linkerd.io/image-pull-policy': noEquivalent(
    'declare a container outrider-proxy with an imagePullPolicy (docs/overriding-the-proxy.md)',
  ),
  'config.linkerd.io/init-image': notNeeded("the webhook's own image writes the rules"),
  'config.linkerd.io/init-image-version': notNeeded("the webhook's own image writes the rules"),
  'config.linkerd.io/enable-debug-sidecar': noEquivalent(debug),
  'config.linkerd.io/debug-image': noEquivalent(debug),
  'config.linkerd.io/debug-image-version': noEquivalent(debug),
  'config.linkerd.io/debug-image-pull-policy': noEquivalent(debug),
  'config.linkerd.io/control-port': notNeeded(fixedPorts),
  'config.linkerd.io/inbound-port': notNeeded(fixedPorts),
  'config.linkerd.io/outbound-port': notNeeded(fixedPorts),
  'config.linkerd.io/admin-port': notNeeded(fixedPorts),
  'config.linkerd.io/default-inbound-policy': (text) => [
    text === 'all-unauthenticated'
      ? { kind: 'not-needed', why: 'nothing that comes in is refused' }
      : { kind: 'no-equivalent', why: 'nothing that comes in is refused: write a NetworkPolicy' },
  ],
  'config.linkerd.io/enable-external-profiles': noEquivalent('there are no service profiles'),
  'config.linkerd.io/proxy-outbound-connect-timeout': noEquivalent(connect),
  'config.linkerd.io/proxy-inbound-connect-timeout': noEquivalent(connect),
  'config.linkerd.io/proxy-outbound-discovery-cache-unused-timeout': notNeeded('nothing is discovered'),
  'config.linkerd.io/proxy-inbound-discovery-cache-unused-timeout': notNeeded('nothing is discovered'),
  'config.linkerd.io/proxy-disable-outbound-protocol-detect-timeout': notNeeded(nothingToDetect),
  'config.linkerd.io/proxy-disable-inbound-protocol-detect-timeout': notNeeded(nothingToDetect),
  'config.linkerd.io/close-wait-timeout': noEquivalent('it is a setting of the node'),
  'config.linkerd.io/proxy-additional-env': noEquivalent(
    'for a variable of Envoy declare a container outrider-proxy (docs/overriding-the-proxy.md)',
  ),
  'config.linkerd.io/disable-identity': notNeeded('the proxy has no identity'),
  'config.linkerd.io/disable-tap': notNeeded('there is no tap'),
  'config.linkerd.io/trace-collector': noEquivalent(
    'a collector is told by OTLP over gRPC: outrider.io/tracing-endpoint=host:port',
  ),
  'config.alpha.linkerd.io/trace-collector-service-account': notNeeded('the proxy has no identity'),
  'linkerd.io/created-by': notNeeded(written),
  'linkerd.io/proxy-version': notNeeded(written),
  'linkerd.io/identity-mode': notNeeded(written),
  'linkerd.io/trust-root-sha256': notNeeded(written),
};

const row = (key: string, as: Row['as'], on: Row['on'], fatesOf: Row['fatesOf']): Row => ({
  key,
  as,
  on,
  fatesOf,
});

/** Every label and annotation that Linkerd documents for pods and namespaces. */
export const linkerd: Mesh = {
  name: 'Linkerd',
  owns: (key) => isOf(key, 'linkerd.io'),
  rows: [
    row('linkerd.io/inject', 'annotation', ['pod'], podInjection),
    row('linkerd.io/inject', 'annotation', ['namespace'], namespaceInjection),
    ...Object.entries(annotations).map(([key, fatesOf]) =>
      row(key, 'annotation', ['pod', 'namespace'], fatesOf),
    ),
    row('linkerd.io/control-plane-ns', 'label', ['pod'], notNeeded(written)),
    row('linkerd.io/workload-ns', 'label', ['pod'], notNeeded(written)),
    row('linkerd.io/extension', 'label', ['namespace'], harmless('it only describes the namespace')),
    row(
      'config.linkerd.io/admission-webhooks',
      'label',
      ['namespace'],
      harmless("it keeps Linkerd's webhooks away, which may still be there"),
    ),
    ...[
      'deployment',
      'daemonset',
      'statefulset',
      'replicaset',
      'replicationcontroller',
      'job',
      'cronjob',
    ].map((kind) => row(`linkerd.io/proxy-${kind}`, 'label', ['pod'], notNeeded(written))),
  ],
  containers: ['linkerd-proxy', 'linkerd-init', 'linkerd-network-validator', 'linkerd-debug'],
  wayBack: 'run linkerd uninject first, or remove the container',
  misses:
    'Linkerd encrypts connections between its pods (mutual TLS), and balances and retries requests: Outrider does not',
};
