import { type Port, parsePort } from './port.ts';
import { expected, type Parsed, parsed, parseList } from './result.ts';

/**
 * What is spoken on a port of the pod. `tcp` is bytes: what is not declared, and whatever the port's name. `auto` is
 * either, told by the first bytes of each connection.
 */
export const protocols = ['http', 'http2', 'grpc', 'tcp', 'auto'] as const;
export type Protocol = (typeof protocols)[number];

export interface DeclaredPort {
  readonly port: Port;
  readonly protocol: Protocol;
}

const wanted = `ports with their protocols, each port once, such as 8080=http,9000=grpc; one of ${protocols.join(', ')}`;

/** Parses `8080=http,9000=tcp`. */
export function parseDeclaredPorts(text: string): Parsed<readonly DeclaredPort[]> {
  const list = parseList(text, parseDeclaredPort);
  if (!list.ok) return list;
  const ports = new Set(list.value.map(({ port }) => port));
  return ports.size === list.value.length ? list : expected(wanted);
}

function parseDeclaredPort(text: string): Parsed<DeclaredPort> {
  const [number = '', word, ...rest] = text.split('=');
  const port = parsePort(number);
  const protocol = protocols.find((one) => one === word);
  return port.ok && protocol !== undefined && rest.length === 0
    ? parsed({ port: port.value, protocol })
    : expected(wanted);
}

export const formatDeclaredPort = ({ port, protocol }: DeclaredPort): string => `${port}=${protocol}`;

/**
 * What the name of a container's port declares, by its first word: `http`, `http-web`, `grpc-api`. `undefined` where it
 * declares nothing. gRPC-Web is made for HTTP/1.1.
 */
export function protocolOfPortName(name: string): Protocol | undefined {
  const [first, second] = name.split('-');
  if (first === 'grpc' && second === 'web') return 'http';
  return first === 'http' || first === 'http2' || first === 'grpc' ? first : undefined;
}
