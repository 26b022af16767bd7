import { isHostName } from './host-name.ts';
import { type Port, parsePort } from './port.ts';
import { expected, type Parsed, parsed, parseList } from './result.ts';

/** A host that may be called: by its name in lower case, or by any name below it (`*.example.com`). */
export interface AllowedHost {
  readonly name: string;
  /** The usual ones of HTTP and HTTPS where there is none. */
  readonly port: Port | undefined;
}

const wanted =
  'names of hosts such as api.example.com, *.example.com or api.example.com:8443; addresses belong to allow-outbound-cidrs';

/** Parses `name`, `*.name`, `name:port`. */
function parseAllowedHost(text: string): Parsed<AllowedHost> {
  const [name = '', portText, ...rest] = text.toLowerCase().split(':');
  const port = portText === undefined ? undefined : parsePort(portText);
  if (rest.length > 0 || name.length > 253 || !isHostName(name.replace(/^\*\./, ''))) return expected(wanted);
  if (port === undefined) return parsed({ name, port });
  return port.ok ? parsed({ name, port: port.value }) : expected(wanted);
}

/** More than anybody needs; each has filter chains of its own, in which all allowed addresses stand once more. */
const mostPorts = 16;

export function parseAllowedHosts(text: string): Parsed<readonly AllowedHost[]> {
  const list = parseList(text, parseAllowedHost);
  return list.ok && new Set(list.value.map(({ port }) => port)).size > mostPorts
    ? expected(`hosts on at most ${mostPorts} different ports`)
    : list;
}

export const formatAllowedHost = ({ name, port }: AllowedHost): string =>
  port === undefined ? name : `${name}:${port}`;
