import { formatAllowedHost, parseAllowedHosts } from './allowed-host.ts';
import { formatCidr, parseCidr } from './cidr.ts';
import { formatEndpoint, parseEndpoint } from './endpoint.ts';
import { parseImage } from './image.ts';
import { parseInterfaceName } from './interface-name.ts';
import { mostWorkers } from './names.ts';
import { formatPortRange, parsePort, parsePortRange } from './port.ts';
import { formatDeclaredPort, parseDeclaredPorts } from './protocol.ts';
import { parseQuantity } from './quantity.ts';
import { expected, formatSelection, type Parsed, parsed, parseList, parseSelection } from './result.ts';
import type { Settings } from './settings.ts';
import { parseOwner, parseUid } from './uid.ts';

/** How the texts of the settings become values, and back: kinds that several settings share, or one has. */

export const word = <W extends string>(words: readonly W[]) => ({
  parse: (text: string): Parsed<W> => {
    const found = words.find((one) => one === text);
    return found === undefined ? expected(`one of ${words.join(', ')}`) : parsed(found);
  },
  format: (value: W): string => value,
});

export const ports = {
  parse: (text: string) => parseSelection(text, parsePortRange),
  format: (value: Settings['includeInboundPorts']) => formatSelection(value, formatPortRange),
};
export const cidrs = {
  parse: (text: string) => parseSelection(text, parseCidr),
  format: (value: Settings['includeOutboundCidrs']) => formatSelection(value, formatCidr),
};
export const listOfCidrs = {
  parse: (text: string) => parseList(text, parseCidr),
  format: (value: Settings['allowOutboundCidrs']) => value.map(formatCidr).join(','),
};
export const hosts = {
  parse: parseAllowedHosts,
  format: (value: Settings['allowOutboundHosts']) => value.map(formatAllowedHost).join(','),
};
export const endpoint = { parse: parseEndpoint, format: formatEndpoint };
export const port = { parse: parsePort, format: String };
export const quantity = { parse: parseQuantity, format: (value: Settings['proxyCpu']) => value.text };

/** An empty text is none. */
export const optionalQuantity = {
  parse: (text: string): Parsed<Settings['proxyEphemeralStorage']> =>
    text === '' ? parsed(undefined) : parseQuantity(text),
  format: (value: Settings['proxyEphemeralStorage']) => value?.text ?? '',
};

export const uids = {
  parse: (text: string): Parsed<Settings['proxyUids']> => {
    const list = parseList(text, parseUid);
    return list.ok && list.value.length === 0 ? (parseUid('') as ReturnType<typeof expected>) : list;
  },
  format: (value: Settings['proxyUids']) => value.join(','),
};

export const listOf = <T extends string | number>(item: (text: string) => Parsed<T>) => ({
  parse: (text: string): Parsed<readonly T[]> => parseList(text, item),
  format: (values: readonly T[]): string => values.join(','),
});
export const interfaces = listOf(parseInterfaceName);
export const owners = listOf(parseOwner);

export const yesOrNo = {
  parse: (text: string): Parsed<boolean> =>
    text === 'true' || text === 'false' ? parsed(text === 'true') : expected('one of true, false'),
  format: String,
};

export const image = { parse: parseImage, format: (value: string) => value };

export const declaredPorts = {
  parse: parseDeclaredPorts,
  format: (value: Settings['inboundProtocol']) => value.map(formatDeclaredPort).join(','),
};

/** An empty text is none. */
export const workers = {
  parse: (text: string): Parsed<Settings['proxyConcurrency']> => {
    if (text === '') return parsed(undefined);
    return /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= mostWorkers
      ? parsed(Number(text))
      : expected(`a number of worker threads from 1 to ${mostWorkers}`);
  },
  format: (value: Settings['proxyConcurrency']): string => `${value ?? ''}`,
};

/** A day is far past any pod's grace period, which it is lowered to. */
export const seconds = {
  parse: (text: string) =>
    /^(?:0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= 86_400
      ? parsed(Number(text))
      : expected('a number of seconds from 0 to 86400'),
  format: String,
};
