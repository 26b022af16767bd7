import { isIPv4, isIPv6 } from 'node:net';
import { isHostName } from './host-name.ts';
import { type Port, parsePort } from './port.ts';
import { expected, type Parsed, parsed } from './result.ts';

/** Where a server of others listens. The host is a name in lower case, or an address without brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: Port;
}

const wanted =
  'a host and a port, such as otel-collector.observability:4317, 10.0.0.7:4317 or [fd00::7]:4317';

/** Parses `name:port`, `IPv4:port`, `[IPv6]:port`. An empty text is none. */
export function parseEndpoint(text: string): Parsed<Endpoint | undefined> {
  if (text === '') return parsed(undefined);
  const [, inBrackets, bare = '', portText = ''] = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]+)$/.exec(text) ?? [];
  const host = (inBrackets ?? bare).toLowerCase();
  // A zone (fe80::1%eth0) is of one network namespace.
  const known =
    inBrackets === undefined ? isIPv4(host) || isHostName(host) : isIPv6(host) && !host.includes('%');
  const port = parsePort(portText);
  return known && port.ok ? parsed({ host, port: port.value }) : expected(wanted);
}

export function formatEndpoint(endpoint: Endpoint | undefined): string {
  if (endpoint === undefined) return '';
  const { host, port } = endpoint;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
