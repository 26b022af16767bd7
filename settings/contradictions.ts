import type { SettingError } from './parse.ts';
import type { Quantity } from './quantity.ts';
import type { Scope } from './setting.ts';
import type { Settings } from './settings.ts';

/** A text that holds: of the strongest layer that gives one. `rank` is that layer's. */
export interface GivenText {
  readonly source: string;
  readonly name: string;
  readonly text: string;
  readonly rank: number;
}

const requestsAndLimits = [
  { request: 'proxyCpu', limit: 'proxyCpuLimit', what: 'a CPU request' },
  { request: 'proxyMemory', limit: 'proxyMemoryLimit', what: 'a memory request' },
  {
    request: 'proxyEphemeralStorage',
    limit: 'proxyEphemeralStorageLimit',
    what: 'an ephemeral storage request',
  },
] as const;

/**
 * What each value allows and their combination does not; nothing is known of a field that `failed` to parse.
 * Kubernetes itself refuses a request above its limit. To blame is the strongest layer: what is below it was right
 * before it spoke.
 */
export function findContradictions(
  settings: Settings,
  {
    given,
    failed,
    scopes,
  }: {
    readonly given: ReadonlyMap<string, GivenText>;
    readonly failed: ReadonlySet<string>;
    readonly scopes: readonly Scope[];
  },
): SettingError[] {
  const blame = (fields: readonly string[], describe: (blamed: GivenText) => string): SettingError[] => {
    if (fields.some((field) => failed.has(field))) return [];
    const [strongest] = fields
      .flatMap((field) => given.get(field) ?? [])
      .toSorted((one, other) => other.rank - one.rank);
    if (strongest === undefined) return [];
    const { source, name, text } = strongest;
    return [{ source, name, text, expected: describe(strongest) }];
  };
  const quantities = requestsAndLimits.flatMap(({ request, limit, what }) => {
    const [asked, most] = [settings[request], settings[limit]];
    if (asked === undefined || most === undefined || asked.value <= most.value) return [];
    return blame([request, limit], (blamed) => {
      const from = (field: string, { text }: Quantity): string => tellOrigin(text, given.get(field), blamed);
      return `${what} (${from(request, asked)}) not above the limit (${from(limit, most)})`;
    });
  });
  const ports =
    settings.inboundPort === settings.outboundPort
      ? blame(['inboundPort', 'outboundPort'], () => 'different ports for inbound and outbound')
      : [];
  const uids =
    settings.proxyUids.length > 1 && !scopes.includes('command')
      ? blame(['proxyUids'], () => 'one user id: a pod has one proxy')
      : [];
  return [...quantities, ...ports, ...uids];
}

/** A value, and where it comes from if that is not the place that is blamed. */
function tellOrigin(text: string, at: GivenText | undefined, blamed: GivenText): string {
  if (at === undefined) return `${text} by default`;
  return at.rank === blamed.rank ? text : `${text} of ${at.source} ${at.name}`;
}
