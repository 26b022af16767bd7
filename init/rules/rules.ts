import type { Cidr, Family } from '../../settings/cidr.ts';
import type { Settings } from '../../settings/settings.ts';
import { cage } from './cage-rules.ts';
import { inbound, invalidInbound, transparentInbound } from './inbound-rules.ts';
import { outbound } from './outbound-rules.ts';
import type { Rule } from './rule.ts';
import { rule } from './selection.ts';
import { refuseStale } from './stale-rules.ts';
import { transparentPassing } from './transparent-rules.ts';

/**
 * Whether a family that is not captured is closed: it would lead around the policy. It is whether or not the pod has an
 * address of it, since one may come later, and for neighbours a link-local one is enough.
 */
export const closesOthers = ({ outboundPolicy, allowUncapturedFamily }: Settings): boolean =>
  outboundPolicy === 'blackhole' && !allowUncapturedFamily;

/** Of `all` families of the kernel, those that get rules, after those that are captured. */
export const familiesWithRules = (
  settings: Settings,
  captured: readonly Family[],
  all: readonly Family[],
): readonly Family[] => (closesOthers(settings) ? [...new Set([...captured, ...all])] : captured);

/** The rules for any family: those of {@link rulesFor} where it is captured. */
export const rulesOf =
  (settings: Settings, captured: readonly Family[], resolvers: readonly Cidr[]) =>
  (family: Family): readonly Rule[] => {
    if (captured.includes(family)) return rulesFor(settings, family, resolvers);
    return closesOthers(settings) ? cage(settings, family, resolvers, 'closed') : [];
  };

/**
 * All rules for one family: table by table, in each chain in the order in which the kernel walks it, and the jumps
 * into our chains in the order in which they have to stand at the head of the kernel's. Captured is the union of the
 * includes less the excludes: an exclude always wins. `resolvers` are the addresses of the pod's DNS servers.
 *
 * | who → where                                   | goes to  |
 * | --------------------------------------------- | -------- |
 * | anywhere ↔ by an excluded interface           | direct   |
 * | guest behind a virtual interface → anywhere   | outbound |
 * | peer → a port of the proxy                    | direct   |
 * | peer → another port of the pod                | inbound  |
 * | passthrough source → the pod, on loopback     | direct   |
 * | proxy → the pod's own address, on loopback    | inbound; with TPROXY direct |
 * | proxy → anywhere else                         | direct   |
 * | application left alone → anywhere             | direct   |
 * | application → localhost or its own address    | direct   |
 * | application → anywhere else                   | outbound |
 */
export function rulesFor(
  settings: Settings,
  family: Family,
  resolvers: readonly Cidr[] = [],
): readonly Rule[] {
  const { inboundPort, outboundPort, redirectMode } = settings;
  const inRedirect = rule(
    'OUTRIDER_IN_REDIRECT',
    { protocol: 'tcp' },
    { kind: 'redirect', port: inboundPort },
    'to the proxy, inbound',
    'inbound-port',
  );
  return [
    ...inbound(settings, family),
    ...(redirectMode === 'tproxy' ? [] : [inRedirect]),
    ...outbound(settings, family),
    rule(
      'OUTRIDER_REDIRECT',
      { protocol: 'tcp' },
      { kind: 'redirect', port: outboundPort },
      'to the proxy, outbound',
      'outbound-port',
    ),
    ...refuseStale(settings),
    ...invalidInbound(settings, family),
    ...transparentInbound(settings, family),
    ...transparentPassing(settings),
    ...cage(settings, family, resolvers),
  ];
}
