import { probePath } from '../../proxy/probe.ts';
import { probePort } from '../../settings/names.ts';
import { isPortName, parsePort } from '../../settings/port.ts';
import { isObject, type JsonObject, listOf } from '../admission/json.ts';
import type { Container, Pod } from '../admission/pod.ts';
import { reservedContainers } from './names.ts';

const kinds = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;

/** A probe of a container of the user's. */
export interface Probe {
  readonly container: Container;
  readonly kind: (typeof kinds)[number];
  /** JSON Pointer to it. */
  readonly at: string;
  readonly json: JsonObject;
  readonly handler: Handler;
}

/** A port as the author of a pod writes it: a number, or the name of one of the container's ports. */
export type WrittenPort = number | string;

/** What a probe does. */
export type Handler =
  /** Connects to a port of the pod, and says nothing more. */
  | { readonly kind: 'tcp'; readonly port: WrittenPort }
  /** Was that, and asks the proxy by now: exactly as {@link renderHandler} writes it. */
  | { readonly kind: 'rendered'; readonly path: string; readonly port: WrittenPort }
  /** Anything else; `port` where it asks one of the pod's. */
  | { readonly kind: 'other'; readonly port?: WrittenPort };

/** The probes of all containers of the user's, in the pod's order. */
export function listProbes({ initContainers, containers }: Pod): Probe[] {
  const of = (list: readonly Container[] | undefined, field: string): Probe[] =>
    (list ?? []).flatMap((container, index) => {
      if (reservedContainers.includes(container.name)) return [];
      return kinds.flatMap((kind) => {
        const json = container.json[kind];
        if (!isObject(json)) return [];
        return [{ container, kind, at: `/spec/${field}/${index}/${kind}`, json, handler: handlerOf(json) }];
      });
    });
  return [...of(initContainers, 'initContainers'), ...of(containers, 'containers')];
}

/** Tells what the author wrote. The proxy does not read it; the next call of the webhook does. */
const portHeader = 'Outrider-Tcp-Port';

/** The `httpGet` by which the kubelet asks the proxy, in place of the `tcpSocket` to `port`. */
export const renderHandler = (index: number, port: WrittenPort): JsonObject => ({
  path: probePath(index),
  port: probePort,
  scheme: 'HTTP',
  httpHeaders: [{ name: portHeader, value: `${port}` }],
});

export function handlerOf(probe: JsonObject): Handler {
  const names = ['exec', 'grpc', 'httpGet', 'tcpSocket'].filter((one) => isObject(probe[one]));
  const [name = ''] = names;
  const value = probe[name];
  // Kubernetes refuses a probe with two handlers or none.
  if (names.length !== 1 || !isObject(value)) return { kind: 'other' };
  const { port, host, ...more } = value;
  const asksPod = !host && (typeof port === 'number' || typeof port === 'string');
  if (!asksPod) return { kind: 'other' };
  if (name === 'tcpSocket' && Object.keys(more).length === 0) return { kind: 'tcp', port };
  return (name === 'httpGet' ? readRendered(value) : undefined) ?? { kind: 'other', port };
}

function readRendered({ path, port, scheme, httpHeaders, ...more }: JsonObject): Handler | undefined {
  const exact = port === probePort && scheme === 'HTTP' && Object.keys(more).length === 0;
  if (!exact || typeof path !== 'string' || !/^\/probe\/\d{1,5}$/.test(path)) return undefined;
  const [header, ...others] = listOf(httpHeaders);
  if (!isObject(header) || header.name !== portHeader || others.length > 0) return undefined;
  const written = readWrittenPort(header.value);
  return written === undefined ? undefined : { kind: 'rendered', path, port: written };
}

/** No port's name is a number, so the text tells which of the two was written. */
function readWrittenPort(text: unknown): WrittenPort | undefined {
  if (typeof text !== 'string') return undefined;
  if (isPortName(text)) return text;
  const number = parsePort(text);
  return number.ok && `${number.value}` === text ? number.value : undefined;
}
