import { type Cidr, type Family, parseCidr } from '../settings/cidr.ts';
import { ownPorts, passthroughSource } from '../settings/names.ts';
import type { PortRange } from '../settings/port.ts';
import type { Selection } from '../settings/result.ts';
import type { Settings } from '../settings/settings.ts';
import type { Chain } from './chains.ts';
import { isUnconditional, type Match, type Rule, type Verdict } from './rule.ts';

const loopback = 'lo';
const localhost = { ipv4: hostBlock('127.0.0.1/32'), ipv6: hostBlock('::1/128') } as const;
const passthrough = {
  ipv4: hostBlock(`${passthroughSource.ipv4}/32`),
  ipv6: hostBlock(`${passthroughSource.ipv6}/128`),
} as const;

const toCaller: Verdict = { kind: 'return' };
const toInbound: Verdict = { kind: 'jump', chain: 'OUTRIDER_IN_REDIRECT' };
const toOutbound: Verdict = { kind: 'jump', chain: 'OUTRIDER_REDIRECT' };

/**
 * The rules of our chains for one family, in the order in which the kernel walks them. Captured is the union of the
 * includes less the excludes: an exclude always wins.
 *
 * | who → where                                   | goes to  |
 * | --------------------------------------------- | -------- |
 * | peer → a port of the proxy                     | direct   |
 * | peer → another port of the pod                 | inbound  |
 * | passthrough source → the pod, on loopback      | direct   |
 * | proxy → the pod's own address, on loopback     | inbound  |
 * | proxy → anywhere else                          | direct   |
 * | application → localhost or its own address     | direct   |
 * | application → anywhere else                    | outbound |
 */
export function rulesFor(settings: Settings, family: Family): readonly Rule[] {
  const { inboundPort, outboundPort } = settings;
  return [
    ...inbound(settings),
    rule(
      'OUTRIDER_IN_REDIRECT',
      { protocol: 'tcp' },
      { kind: 'redirect', port: inboundPort },
      'to the proxy, inbound',
      'inbound-port',
    ),
    ...loopbackAndProxy(settings, family),
    ...outbound(settings, family),
    rule(
      'OUTRIDER_REDIRECT',
      { protocol: 'tcp' },
      { kind: 'redirect', port: outboundPort },
      'to the proxy, outbound',
      'outbound-port',
    ),
  ];
}

function inbound({ includeInboundPorts, excludeInboundPorts }: Settings): readonly Rule[] {
  const chain = 'OUTRIDER_INBOUND';
  const own = ownPorts.map((port) => ({ first: port, last: port }));
  return reachable([
    rule(chain, { protocol: 'tcp', destinationPorts: own }, toCaller, 'ports of the proxy itself'),
    ...ports(chain, excludeInboundPorts, 'exclude-inbound-ports', toCaller),
    ...ports(chain, includeInboundPorts, 'include-inbound-ports', toInbound),
  ]);
}

/**
 * What is decided by the sender or by the interface. All self-call rules stand before the first rule that lets a
 * proxy's user go, and each names one user, so that several users do not exempt each other.
 */
function loopbackAndProxy({ proxyUids }: Settings, family: Family): readonly Rule[] {
  const chain = 'OUTRIDER_OUTPUT';
  const outInterface = loopback;
  const selfCall = { notDestination: localhost[family], outInterface };
  return [
    rule(
      chain,
      { source: passthrough[family], outInterface },
      toCaller,
      'passed through by the proxy to the application',
    ),
    ...proxyUids.map((uid) =>
      rule(chain, { ...selfCall, uid }, toInbound, "the proxy calling its own pod's address", 'proxy-uid'),
    ),
    ...proxyUids.map((uid) => rule(chain, { uid }, toCaller, "the proxy's other traffic", 'proxy-uid')),
    rule(chain, { outInterface }, toCaller, 'the application to localhost or its own address'),
  ];
}

function outbound(settings: Settings, family: Family): readonly Rule[] {
  const chain = 'OUTRIDER_OUTPUT';
  const { includeOutboundCidrs, includeOutboundPorts, excludeOutboundCidrs, excludeOutboundPorts } = settings;
  return reachable([
    ...ports(chain, excludeOutboundPorts, 'exclude-outbound-ports', toCaller),
    ...destinations(excludeOutboundCidrs, family, 'exclude-outbound-cidrs', toCaller),
    ...destinations(includeOutboundCidrs, family, 'include-outbound-cidrs', toOutbound),
    ...ports(chain, includeOutboundPorts, 'include-outbound-ports', toOutbound),
  ]);
}

function destinations(
  selected: Selection<Cidr>,
  family: Family,
  setting: string,
  verdict: Verdict,
): readonly Rule[] {
  const chain = 'OUTRIDER_OUTPUT';
  if (selected.kind === 'all') return [rule(chain, {}, verdict, setting, setting)];
  return selected.items
    .filter((cidr) => cidr.family === family)
    .map((destination) =>
      rule(chain, isEverything(destination) ? {} : { destination }, verdict, setting, setting),
    );
}

/** A block that holds every address is no match: the kernel stores none for it. */
const isEverything = ({ text }: Cidr): boolean => text.endsWith('/0');

function ports(
  chain: Chain,
  selected: Selection<PortRange>,
  setting: string,
  verdict: Verdict,
): readonly Rule[] {
  if (selected.kind === 'all') return [rule(chain, {}, verdict, setting, setting)];
  if (selected.items.length === 0) return [];
  return [rule(chain, { protocol: 'tcp', destinationPorts: selected.items }, verdict, setting, setting)];
}

/** Without what stands behind a rule that takes every packet. */
function reachable(rules: readonly Rule[]): readonly Rule[] {
  const final = rules.findIndex(isUnconditional);
  return final < 0 ? rules : rules.slice(0, final + 1);
}

const rule = (chain: Chain, match: Match, verdict: Verdict, reason: string, setting?: string): Rule => ({
  table: 'nat',
  chain,
  match,
  verdict,
  reason,
  ...(setting !== undefined && { setting }),
});

function hostBlock(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr.ok) throw new RangeError(`${text} is not a block`);
  return cidr.value;
}
