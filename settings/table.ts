import { formatCidr, parseCidr } from './cidr.ts';
import { parseImage } from './image.ts';
import { formatPortRange, parsePort, parsePortRange } from './port.ts';
import { parseQuantity } from './quantity.ts';
import { expected, formatSelection, type Parsed, parsed, parseList, parseSelection } from './result.ts';
import { logLevels, type Settings } from './settings.ts';
import { parseUid } from './uid.ts';

/** Who may give a setting: an annotation (and so a flag of the same name), or the command line alone. */
export type Scope = 'annotation' | 'command';

/** What a setting shapes. A `rules` setting is a flag of `outrider-init` and travels in `OUTRIDER_CONFIG`. */
export type Shapes = 'rules' | 'proxy';

/** One setting: its key (annotation without prefix, or flag without dashes), and how its text becomes a value. */
export interface Setting<F extends keyof Settings = keyof Settings> {
  readonly key: string;
  readonly field: F;
  readonly scope: Scope;
  readonly shapes: Shapes;
  /** One line for `--help` and the documentation. */
  readonly help: string;
  readonly parse: (text: string) => Parsed<Settings[F]>;
  /** The text that `parse` reads back. */
  readonly format: (value: Settings[F]) => string;
}

const word = <W extends string>(words: readonly W[]) => ({
  parse: (text: string): Parsed<W> => {
    const found = words.find((one) => one === text);
    return found === undefined ? expected(`one of ${words.join(', ')}`) : parsed(found);
  },
  format: (value: W): string => value,
});

const ports = {
  parse: (text: string) => parseSelection(text, parsePortRange),
  format: (value: Settings['includeInboundPorts']) => formatSelection(value, formatPortRange),
};
const cidrs = {
  parse: (text: string) => parseSelection(text, parseCidr),
  format: (value: Settings['includeOutboundCidrs']) => formatSelection(value, formatCidr),
};
const port = { parse: parsePort, format: String };
const quantity = { parse: parseQuantity, format: (value: Settings['proxyCpu']) => value.text };

const uids = {
  parse: (text: string): Parsed<Settings['proxyUids']> => {
    const list = parseList(text, parseUid);
    return list.ok && list.value.length === 0 ? (parseUid('') as ReturnType<typeof expected>) : list;
  },
  format: (value: Settings['proxyUids']) => value.join(','),
};

const image = { parse: parseImage, format: (value: string) => value };

/** Envoy takes any number; 128 workers is far past the largest node on which a sidecar would help. */
const workers = {
  parse: (text: string) =>
    /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= 128
      ? parsed(Number(text))
      : expected('a number of worker threads from 1 to 128'),
  format: String,
};

function setting<F extends keyof Settings>(
  key: string,
  field: F,
  scope: Scope,
  shapes: Shapes,
  kind: Pick<Setting<F>, 'parse' | 'format'>,
  help: string,
): Setting {
  return { key, field, scope, shapes, help, ...kind } as unknown as Setting;
}

/** Every setting that exists. Annotations, flags, `OUTRIDER_CONFIG` and the documentation all come from this table. */
export const table: readonly Setting[] = [
  setting('outbound-port', 'outboundPort', 'command', 'rules', port, 'port that captures outbound TCP'),
  setting('inbound-port', 'inboundPort', 'command', 'rules', port, 'port that captures inbound TCP'),
  setting(
    'ip-families',
    'ipFamilies',
    'command',
    'rules',
    word(['auto', 'ipv4', 'ipv6', 'dual']),
    'address families to capture',
  ),
  setting(
    'include-outbound-cidrs',
    'includeOutboundCidrs',
    'annotation',
    'rules',
    cidrs,
    'destinations captured',
  ),
  setting(
    'exclude-outbound-cidrs',
    'excludeOutboundCidrs',
    'annotation',
    'rules',
    cidrs,
    'destinations left alone',
  ),
  setting(
    'include-outbound-ports',
    'includeOutboundPorts',
    'annotation',
    'rules',
    ports,
    'destination ports captured, whatever the address',
  ),
  setting(
    'exclude-outbound-ports',
    'excludeOutboundPorts',
    'annotation',
    'rules',
    ports,
    'destination ports left alone',
  ),
  setting(
    'include-inbound-ports',
    'includeInboundPorts',
    'annotation',
    'rules',
    ports,
    'listening ports captured',
  ),
  setting(
    'exclude-inbound-ports',
    'excludeInboundPorts',
    'annotation',
    'rules',
    ports,
    'listening ports left alone',
  ),
  setting(
    'proxy-uid',
    'proxyUids',
    'annotation',
    'rules',
    uids,
    'user id of the proxy, whose traffic is its own',
  ),
  setting('proxy-image', 'proxyImage', 'annotation', 'proxy', image, 'image of the proxy'),
  setting(
    'proxy-log-level',
    'proxyLogLevel',
    'annotation',
    'proxy',
    word(logLevels),
    'log level of the proxy',
  ),
  setting(
    'proxy-concurrency',
    'proxyConcurrency',
    'annotation',
    'proxy',
    workers,
    'worker threads of the proxy',
  ),
  setting('proxy-cpu', 'proxyCpu', 'annotation', 'proxy', quantity, 'CPU request of the proxy'),
  setting('proxy-cpu-limit', 'proxyCpuLimit', 'annotation', 'proxy', quantity, 'CPU limit of the proxy'),
  setting('proxy-memory', 'proxyMemory', 'annotation', 'proxy', quantity, 'memory request of the proxy'),
  setting(
    'proxy-memory-limit',
    'proxyMemoryLimit',
    'annotation',
    'proxy',
    quantity,
    'memory limit of the proxy',
  ),
];

/** The rules' settings as `key: text`, in the order of the table: the content of `OUTRIDER_CONFIG`. */
export function formatRulesSettings(settings: Settings): Record<string, string> {
  const rules = table.filter(({ shapes }) => shapes === 'rules');
  return Object.fromEntries(rules.map(({ key, field, format }) => [key, format(settings[field])]));
}
