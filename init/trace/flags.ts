import { addressBlock, type Block } from '../../settings/block.ts';
import { parseInterfaceName } from '../../settings/interface-name.ts';
import { parsePort } from '../../settings/port.ts';
import { expected, type Parsed, parsed, parseList } from '../../settings/result.ts';
import { parseOwner } from '../../settings/uid.ts';
import type { Flag } from '../flags.ts';

/** What `trace` is asked, beside the settings. */
export interface TraceOptions {
  readonly to?: Endpoint;
  readonly source?: Block;
  readonly protocol?: 'tcp' | 'udp';
  readonly uid?: number;
  readonly gid?: number;
  readonly fromPeer?: boolean;
  readonly inInterface?: string;
  readonly outInterface?: string;
  readonly ownAddresses?: readonly Block[];
  /** A file with what iptables-save or ip6tables-save printed; `-` is standard input. */
  readonly from?: string;
}

export interface Endpoint {
  readonly address: Block;
  readonly port: number;
}

export interface TraceFlag<O extends keyof TraceOptions = keyof TraceOptions> extends Flag {
  readonly option: O;
  readonly parse: (text: string) => Parsed<NonNullable<TraceOptions[O]>>;
}

const parseAddress = (text: string): Parsed<Block> => {
  const address = addressBlock(text);
  return address === undefined ? expected('an IP address') : parsed(address);
};

function parseEndpoint(text: string): Parsed<Endpoint> {
  const { v4, v6, end = '' } = /^(?:(?<v4>[0-9.]+)|\[(?<v6>.*)\]):(?<end>[0-9]+)$/.exec(text)?.groups ?? {};
  const address = addressBlock(v4 ?? v6 ?? '');
  const port = parsePort(end);
  if (address === undefined || !port.ok || (v6 !== undefined) !== (address.family === 'ipv6')) {
    return expected('an address and a port, such as 10.0.0.1:80 or [2001:db8::1]:80');
  }
  return parsed({ address, port: port.value });
}

function flag<O extends keyof TraceOptions>(
  key: string,
  option: O,
  value: string | undefined,
  parse: TraceFlag<O>['parse'],
  help: string,
): TraceFlag {
  return { key, option, value, parse, help } as unknown as TraceFlag;
}

const parseProtocol = (text: string): Parsed<'tcp' | 'udp'> =>
  text === 'tcp' || text === 'udp' ? parsed(text) : expected('one of tcp, udp');
const parseYes = (text: string): Parsed<boolean> =>
  text === 'true' || text === 'false' ? parsed(text === 'true') : expected('one of true, false');
const parseFile = (text: string): Parsed<string> =>
  text === '' ? expected('the name of a file') : parsed(text);

export const traceFlags: readonly TraceFlag[] = [
  flag('to', 'to', 'address', parseEndpoint, 'where the connection goes: IP:PORT or [IP6]:PORT'),
  flag('source', 'source', 'ip', parseAddress, 'where it comes from (default: as the kernel would choose)'),
  flag('uid', 'uid', 'number', parseOwner, 'user that makes it, in the pod (default 0)'),
  flag('gid', 'gid', 'number', parseOwner, 'group that makes it, in the pod (default 0)'),
  flag('from-peer', 'fromPeer', undefined, parseYes, 'it comes from outside the pod'),
  flag('in-interface', 'inInterface', 'name', parseInterfaceName, 'by which it comes in (default eth0)'),
  flag('out-interface', 'outInterface', 'name', parseInterfaceName, 'by which it goes out (default eth0)'),
  flag('protocol', 'protocol', 'name', parseProtocol, 'tcp (default) or udp'),
  {
    ...flag(
      'own-address',
      'ownAddresses',
      'ip',
      (text) => parseList(text, parseAddress),
      "the pod's own addresses, a list, or given several times (default: this host's)",
    ),
    repeatable: true,
  },
  flag('from', 'from', 'file', parseFile, 'follow the rules that iptables-save or ip6tables-save printed'),
];
