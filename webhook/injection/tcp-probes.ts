import { podAddress } from '../../proxy/arguments.ts';
import type { TcpProbe } from '../../proxy/probe.ts';
import { isCapturedInbound } from '../../settings/inbound-capture.ts';
import { ownPorts } from '../../settings/names.ts';
import { isPortName, type Port, parsePort } from '../../settings/port.ts';
import type { Settings } from '../../settings/settings.ts';
import { objectsOf } from '../admission/json.ts';
import type { Container, Pod } from '../admission/pod.ts';
import type { PatchOperation } from './patch.ts';
import { listProbes, type Probe, renderHandler, type WrittenPort } from './probe.ts';

/** What becomes of a pod's probes. */
export interface ProbePlan {
  /** Those that the proxy answers, in the order of their paths. */
  readonly answered: readonly TcpProbe[];
  /** They count the pod's containers as they came: to be applied before all that moves a container. */
  readonly operations: readonly PatchOperation[];
  readonly problems: readonly string[];
}

/**
 * A TCP probe of a captured port would always succeed, since the proxy accepts for a dead application: it is handed
 * to the proxy, which answers for the application. One that the kubelet can ask by itself is left to it, or given back.
 */
export function planProbes(pod: Pod, settings: Settings): ProbePlan {
  const answered: TcpProbe[] = [];
  const operations: PatchOperation[] = [];
  const probes = listProbes(pod);
  for (const probe of probes) {
    const { handler, container } = probe;
    if (handler.kind === 'other') continue;
    const port = resolvePort(container, handler.port);
    if (port !== undefined && isCapturedInbound(port, settings)) {
      operations.push(...handToProxy(probe, answered.length, handler.port));
      answered.push({ address: podAddress, port, ...timesOf(probe) });
    } else {
      operations.push(...giveBack(probe));
    }
  }
  return { answered, operations, problems: findProxyProbes(probes, settings) };
}

/** The port's number. `undefined` where it is none and names none of the container's: Kubernetes says what is wrong. */
function resolvePort({ json: { ports } }: Container, written: WrittenPort): Port | undefined {
  if (typeof written === 'number') return numberOf(written);
  if (!isPortName(written)) return undefined;
  const named = objectsOf(ports).find(({ name }) => name === written);
  return named && numberOf(named.containerPort);
}

function numberOf(value: unknown): Port | undefined {
  const port = parsePort(`${value}`);
  return port.ok ? port.value : undefined;
}

/**
 * What Kubernetes takes where the author gives none (SetDefaults_Probe in k8s.io/kubernetes/pkg/apis/core/v1). It
 * refuses what is no positive int32.
 */
function timesOf({ json }: Probe): Pick<TcpProbe, 'periodSeconds' | 'timeoutSeconds'> {
  const seconds = (value: unknown, otherwise: number): number =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31 ? value : otherwise;
  return { periodSeconds: seconds(json.periodSeconds, 10), timeoutSeconds: seconds(json.timeoutSeconds, 1) };
}

function handToProxy({ at, handler }: Probe, index: number, written: WrittenPort): PatchOperation[] {
  const value = renderHandler(index, written);
  if (handler.kind === 'rendered' && handler.path === value.path) return [];
  return [
    ...(handler.kind === 'tcp' ? [{ op: 'remove', path: `${at}/tcpSocket` } as const] : []),
    { op: 'add', path: `${at}/httpGet`, value },
  ];
}

function giveBack({ at, handler }: Probe): PatchOperation[] {
  if (handler.kind !== 'rendered') return [];
  return [
    { op: 'remove', path: `${at}/httpGet` },
    { op: 'add', path: `${at}/tcpSocket`, value: { port: handler.port } },
  ];
}

/** What makes of a pod's probes again what their authors wrote. */
export const giveBackProbes = (pod: Pod): PatchOperation[] => listProbes(pod).flatMap(giveBack);

/** Probes that ask a port of the proxy's, which says nothing of the application. */
function findProxyProbes(probes: readonly Probe[], { inboundPort, outboundPort }: Settings): string[] {
  const proxys: readonly number[] = [outboundPort, inboundPort, ...ownPorts];
  return probes.flatMap(({ container, kind, handler }) => {
    const port = handler.port === undefined ? undefined : resolvePort(container, handler.port);
    if (port === undefined || !proxys.includes(port)) return [];
    return [
      `container ${container.name}: ${kind} asks port ${port}, which is the proxy's; ask one of the container's`,
    ];
  });
}
