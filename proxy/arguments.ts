import type { LogLevel } from '../settings/settings.ts';
import { type BootstrapInput, renderBootstrap } from './bootstrap.ts';
import { allowAny, namesHosts } from './outbound.ts';

export interface ArgumentsInput extends BootstrapInput {
  readonly logLevel: LogLevel;
  /** Worker threads. */
  readonly concurrency: number;
  /** Names this proxy in its own logs; `$(VAR)` is the kubelet's to expand. */
  readonly node: { readonly id: string; readonly cluster: string };
}

/**
 * Envoy's command line. Hot restart is off because its abstract sockets sit in the pod's network namespace, where
 * any process of the pod can stop Envoy with one datagram.
 */
export function renderArguments(input: ArgumentsInput): string[] {
  return [
    '--config-yaml',
    escapeDollars(JSON.stringify(renderBootstrap(input))),
    '--service-node',
    input.node.id,
    '--service-cluster',
    input.node.cluster,
    '--disable-hot-restart',
    '--log-level',
    input.logLevel,
    '--concurrency',
    `${input.concurrency}`,
    ...withoutNoise(input),
    // Envoy keeps lines of the access log for ten seconds; who follows the log waits for them.
    ...(input.accessLog === undefined || input.accessLog === 'off'
      ? []
      : ['--file-flush-interval-msec', '1000']),
  ];
}

/**
 * At each place where names are resolved, Envoy warns at its start that the addresses to which they must not lead are of
 * a type that is not final (xds.core.v3.CidrRange): dozens of lines. Who wants to read more of the log than the default, reads that too.
 */
const withoutNoise = ({ outbound = allowAny, logLevel }: ArgumentsInput): string[] =>
  namesHosts(outbound) && logLevel === 'warning' ? ['--component-log-level', 'misc:error'] : [];

/**
 * The address of the pod's that the kubelet itself probes, which is known once the pod has a network: the container
 * that runs these arguments has it as this variable.
 */
export const podAddress = '$(POD_IP)';

/**
 * Whose traces they are, by OpenTelemetry's names: variables of that container, too. Of a pod that a controller makes,
 * the name is given after its admission.
 */
export const podAttributes = {
  'service.namespace': '$(POD_NAMESPACE)',
  'k8s.namespace.name': '$(POD_NAMESPACE)',
  'k8s.pod.name': '$(POD_NAME)',
} as const;

/** Whole fields of the bootstrap in which a variable is left to the kubelet: inside of a text, their quotes would be escaped. */
const expanded = Object.entries({ address: podAddress, ...podAttributes }).map(
  ([field, variable]) => `"${field}":"${variable}"`,
);

/**
 * The kubelet reads `$$` as `$`, and `$(VAR)` as a variable (k8s.io/kubernetes/third_party/forked/golang/expansion).
 * Only in fields that are to be {@link expanded} it is left to do so.
 */
function escapeDollars(text: string): string {
  const doubled = text.replaceAll('$', '$$$$');
  return expanded.reduce((rest, field) => rest.replaceAll(field.replace('$', '$$$$'), () => field), doubled);
}
