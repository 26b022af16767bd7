import type { Block } from '../../settings/block.ts';
import type { Endpoint } from '../trace/flags.ts';
import { addressOf } from './segment.ts';

/** One TCP socket of this network namespace. */
export interface TableSocket {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly listening: boolean;
}

/** include/net/tcp_states.h */
const listen = '0A';

/**
 * Reads /proc/net/tcp and /proc/net/tcp6, one after the other. Requests that are not yet accepted are in them, and so
 * are sockets that wait for the end.
 */
export function parseSocketTable(text: string): readonly TableSocket[] {
  return [
    ...text.matchAll(/^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) /gm),
  ].flatMap(([, localAddress = '', localPort = '', remoteAddress = '', remotePort = '', state]) => {
    const [local, remote] = [endpointOf(localAddress, localPort), endpointOf(remoteAddress, remotePort)];
    return local && remote ? [{ local, remote, listening: state === listen }] : [];
  });
}

const mapped = '0000000000000000FFFF0000';

/** Addresses are in words of four bytes, each in the byte order of the machine, which is little-endian here. */
function endpointOf(address: string, port: string): Endpoint | undefined {
  // A socket of both families has IPv4's addresses as ::ffff:192.0.2.1.
  const own = address.startsWith(mapped) ? address.slice(mapped.length) : address;
  const words = own.match(/.{8}/g) ?? [];
  const block = addressOf(Uint8Array.from(words.flatMap((word) => [...Buffer.from(word, 'hex')].reverse())));
  return block && { address: block, port: Number.parseInt(port, 16) };
}

/** The ports on which somebody listens for connections to an address. */
export interface Listening {
  readonly certain: ReadonlySet<number>;
  /** And those of which the table does not tell: a socket of :: may take IPv4 as well. */
  readonly possible: ReadonlySet<number>;
}

export function listeningAt(sockets: readonly TableSocket[], address: Block): Listening {
  const all = sockets.filter(({ listening }) => listening).map(({ local }) => local);
  const any = address.family === 'ipv4' ? '0.0.0.0' : '::';
  const at = (...texts: readonly string[]): ReadonlySet<number> =>
    new Set(all.filter((local) => texts.includes(local.address.text)).map(({ port }) => port));
  return { certain: at(address.text, any), possible: at(address.text, any, '::') };
}

/** The socket of this namespace that has the connection from `client`. */
export const socketTowards = (sockets: readonly TableSocket[], client: Endpoint): TableSocket | undefined =>
  sockets.find(({ remote }) => remote.port === client.port && remote.address.text === client.address.text);
