import type { HttpPort } from '../../proxy/http-port.ts';
import { isCapturedInbound } from '../../settings/inbound-capture.ts';
import { parsePort } from '../../settings/port.ts';
import { type DeclaredPort, protocolOfPortName } from '../../settings/protocol.ts';
import type { Settings } from '../../settings/settings.ts';
import { isObject } from '../admission/json.ts';
import type { Container, Pod } from '../admission/pod.ts';

/**
 * Each takes about 2.4 KB of the bootstrap, which has to fit into an argument of 128 KiB together with TCP probes. Logs and
 * traces of requests double it: of so many ports, the pod is then too long.
 */
const most = 32;

export type HttpPortPlan =
  | { readonly ok: true; readonly httpPorts: readonly HttpPort[] }
  | { readonly ok: false; readonly problem: string };

/** The ports of the pod on which HTTP is declared: by the setting, or else by the name of a container's port. */
export function planHttpPorts(pod: Pod, settings: Settings): HttpPortPlan {
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  const httpPorts = selectHttpPorts(containers.flatMap(portsByName), settings);
  if (httpPorts.length <= most) return { ok: true, httpPorts };
  const problem = `inbound-protocol: HTTP is declared on ${httpPorts.length} ports, by it or by their names, the most is ${most}; declare some as tcp`;
  return { ok: false, problem };
}

/**
 * Those of the ports `named` and of the setting that reach the proxy, in ascending order. The setting is stronger than
 * names; of two names for one port the first holds.
 */
export function selectHttpPorts(named: readonly DeclaredPort[], settings: Settings): readonly HttpPort[] {
  const declared = [...named.toReversed(), ...settings.inboundProtocol];
  const protocols = new Map(declared.map(({ port, protocol }) => [port, protocol]));
  return [...protocols]
    .flatMap(([port, protocol]) => (protocol === 'tcp' ? [] : [{ port, protocol }]))
    .filter(({ port }) => isCapturedInbound(port, settings) && port !== settings.inboundPort)
    .toSorted((one, other) => one.port - other.port);
}

function portsByName({ json: { ports } }: Container): DeclaredPort[] {
  const list: unknown[] = Array.isArray(ports) ? ports : [];
  return list.flatMap((one) => {
    if (!isObject(one) || typeof one.name !== 'string' || (one.protocol ?? 'TCP') !== 'TCP') return [];
    const port = parsePort(`${one.containerPort}`);
    const protocol = protocolOfPortName(one.name);
    return port.ok && protocol !== undefined ? [{ port: port.value, protocol }] : [];
  });
}
