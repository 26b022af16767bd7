import * as kinds from './kinds.ts';
import type { Parsed } from './result.ts';
import { logLevels, outboundPolicies, redirectModes, type Settings } from './settings.ts';
import { parseGid } from './uid.ts';

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
  setting('outbound-port', 'outboundPort', 'command', 'rules', kinds.port, 'port that captures outbound TCP'),
  setting('inbound-port', 'inboundPort', 'command', 'rules', kinds.port, 'port that captures inbound TCP'),
  setting(
    'ip-families',
    'ipFamilies',
    'command',
    'rules',
    kinds.word(['auto', 'ipv4', 'ipv6', 'dual']),
    'address families to capture',
  ),
  setting(
    'include-outbound-cidrs',
    'includeOutboundCidrs',
    'annotation',
    'rules',
    kinds.cidrs,
    'destinations captured',
  ),
  setting(
    'exclude-outbound-cidrs',
    'excludeOutboundCidrs',
    'annotation',
    'rules',
    kinds.cidrs,
    'destinations left alone',
  ),
  setting(
    'include-outbound-ports',
    'includeOutboundPorts',
    'annotation',
    'rules',
    kinds.ports,
    'destination ports captured, whatever the address',
  ),
  setting(
    'exclude-outbound-ports',
    'excludeOutboundPorts',
    'annotation',
    'rules',
    kinds.ports,
    'destination ports left alone',
  ),
  setting(
    'include-inbound-ports',
    'includeInboundPorts',
    'annotation',
    'rules',
    kinds.ports,
    'listening ports captured',
  ),
  setting(
    'exclude-inbound-ports',
    'excludeInboundPorts',
    'annotation',
    'rules',
    kinds.ports,
    'listening ports left alone',
  ),
  setting(
    'exclude-inbound-cidrs',
    'excludeInboundCidrs',
    'annotation',
    'rules',
    kinds.cidrs,
    'sources left alone',
  ),
  setting(
    'exclude-interfaces',
    'excludeInterfaces',
    'annotation',
    'rules',
    kinds.interfaces,
    'network interfaces left alone, in both directions',
  ),
  setting(
    'virtual-interfaces',
    'virtualInterfaces',
    'annotation',
    'rules',
    kinds.interfaces,
    'network interfaces of guests, whose traffic is outbound',
  ),
  setting(
    'exclude-uids',
    'excludeUids',
    'annotation',
    'rules',
    kinds.owners,
    'user ids of applications left alone',
  ),
  setting(
    'exclude-gids',
    'excludeGids',
    'annotation',
    'rules',
    kinds.owners,
    'group ids of applications left alone',
  ),
  setting(
    'drop-invalid',
    'dropInvalid',
    'annotation',
    'rules',
    kinds.yesOrNo,
    'drop inbound TCP that belongs to no connection',
  ),
  setting(
    'redirect-mode',
    'redirectMode',
    'command',
    'rules',
    kinds.word(redirectModes),
    'how inbound traffic reaches the proxy',
  ),
  setting(
    'outbound-policy',
    'outboundPolicy',
    'command',
    'rules',
    kinds.word(outboundPolicies),
    'blackhole: drop all outbound but TCP and DNS',
  ),
  setting(
    'allow-uncaptured-family',
    'allowUncapturedFamily',
    'annotation',
    'rules',
    kinds.yesOrNo,
    'leave a family open that cannot be captured',
  ),
  setting(
    'proxy-uid',
    'proxyUids',
    'annotation',
    'rules',
    kinds.uids,
    'user id of the proxy, whose traffic is its own',
  ),
  setting(
    'proxy-gid',
    'proxyGids',
    'command',
    'rules',
    kinds.listOf(parseGid),
    "group ids whose traffic is the proxy's own",
  ),
  setting('proxy-image', 'proxyImage', 'annotation', 'proxy', kinds.image, 'image of the proxy'),
  setting(
    'proxy-log-level',
    'proxyLogLevel',
    'annotation',
    'proxy',
    kinds.word(logLevels),
    'log level of the proxy',
  ),
  setting(
    'proxy-concurrency',
    'proxyConcurrency',
    'annotation',
    'proxy',
    kinds.workers,
    'worker threads of the proxy',
  ),
  setting('proxy-cpu', 'proxyCpu', 'annotation', 'proxy', kinds.quantity, 'CPU request of the proxy'),
  setting(
    'proxy-cpu-limit',
    'proxyCpuLimit',
    'annotation',
    'proxy',
    kinds.quantity,
    'CPU limit of the proxy',
  ),
  setting(
    'proxy-memory',
    'proxyMemory',
    'annotation',
    'proxy',
    kinds.quantity,
    'memory request of the proxy',
  ),
  setting(
    'proxy-memory-limit',
    'proxyMemoryLimit',
    'annotation',
    'proxy',
    kinds.quantity,
    'memory limit of the proxy',
  ),
  setting(
    'proxy-ephemeral-storage',
    'proxyEphemeralStorage',
    'annotation',
    'proxy',
    kinds.optionalQuantity,
    'ephemeral storage request of the proxy',
  ),
  setting(
    'proxy-ephemeral-storage-limit',
    'proxyEphemeralStorageLimit',
    'annotation',
    'proxy',
    kinds.optionalQuantity,
    'ephemeral storage limit of the proxy',
  ),
];

/** The rules' settings as `key: text`, in the order of the table: the content of `OUTRIDER_CONFIG`. */
export function formatRulesSettings(settings: Settings): Record<string, string> {
  const rules = table.filter(({ shapes }) => shapes === 'rules');
  return Object.fromEntries(rules.map(({ key, field, format }) => [key, format(settings[field])]));
}
