import type { Cidr, Family } from '../settings/cidr.ts';
import { ownPorts, passthroughSource } from '../settings/names.ts';
import type { PortRange } from '../settings/port.ts';
import type { Selection } from '../settings/result.ts';
import type { Settings } from '../settings/settings.ts';
import type { Chain, Rule } from './chains.ts';
import { destinationPorts } from './multiport.ts';

const localhost = { ipv4: '127.0.0.1/32', ipv6: '::1/128' } as const;
const hostPrefix = { ipv4: 32, ipv6: 128 } as const;

/**
 * The rules of our chains for one family, in the order in which the kernel walks them and in the exact text that
 * iptables-save prints back. Captured is the union of the includes less the excludes: an exclude always wins.
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
  return [
    ...inbound(settings),
    rule(
      'OUTRIDER_IN_REDIRECT',
      `-p tcp -j REDIRECT --to-ports ${settings.inboundPort}`,
      'to the proxy, inbound',
    ),
    ...loopbackAndProxy(settings, family),
    ...outbound(settings, family),
    rule(
      'OUTRIDER_REDIRECT',
      `-p tcp -j REDIRECT --to-ports ${settings.outboundPort}`,
      'to the proxy, outbound',
    ),
  ];
}

function inbound({ includeInboundPorts, excludeInboundPorts }: Settings): readonly Rule[] {
  const own = ownPorts.map((port) => ({ first: port, last: port }));
  return reachable([
    ...ports('OUTRIDER_INBOUND', { kind: 'list', items: own }, 'ports of the proxy itself', 'RETURN'),
    ...ports('OUTRIDER_INBOUND', excludeInboundPorts, 'exclude-inbound-ports', 'RETURN'),
    ...ports('OUTRIDER_INBOUND', includeInboundPorts, 'include-inbound-ports', 'OUTRIDER_IN_REDIRECT'),
  ]);
}

/**
 * What is decided by the sender or by the interface. All self-call rules stand before the first rule that lets a
 * proxy's user go, and each names one user, so that several users do not exempt each other.
 */
function loopbackAndProxy({ proxyUids }: Settings, family: Family): readonly Rule[] {
  const source = `${passthroughSource[family]}/${hostPrefix[family]}`;
  return [
    rule('OUTRIDER_OUTPUT', `-s ${source} -o lo -j RETURN`, 'passed through by the proxy to the application'),
    ...proxyUids.map((uid) =>
      rule(
        'OUTRIDER_OUTPUT',
        `! -d ${localhost[family]} -o lo -m owner --uid-owner ${uid} -j OUTRIDER_IN_REDIRECT`,
        "the proxy calling its own pod's address",
      ),
    ),
    ...proxyUids.map((uid) =>
      rule('OUTRIDER_OUTPUT', `-m owner --uid-owner ${uid} -j RETURN`, "the proxy's other traffic"),
    ),
    rule('OUTRIDER_OUTPUT', '-o lo -j RETURN', 'the application to localhost or its own address'),
  ];
}

function outbound(settings: Settings, family: Family): readonly Rule[] {
  const { includeOutboundCidrs, includeOutboundPorts, excludeOutboundCidrs, excludeOutboundPorts } = settings;
  return reachable([
    ...ports('OUTRIDER_OUTPUT', excludeOutboundPorts, 'exclude-outbound-ports', 'RETURN'),
    ...cidrs(excludeOutboundCidrs, family, 'exclude-outbound-cidrs', 'RETURN'),
    ...cidrs(includeOutboundCidrs, family, 'include-outbound-cidrs', 'OUTRIDER_REDIRECT'),
    ...ports('OUTRIDER_OUTPUT', includeOutboundPorts, 'include-outbound-ports', 'OUTRIDER_REDIRECT'),
  ]);
}

function cidrs(selected: Selection<Cidr>, family: Family, reason: string, target: string): readonly Rule[] {
  if (selected.kind === 'all') return [rule('OUTRIDER_OUTPUT', `-j ${target}`, reason)];
  return selected.items
    .filter((cidr) => cidr.family === family)
    .map(({ text }) => rule('OUTRIDER_OUTPUT', `${destination(text)}-j ${target}`, reason));
}

/** The kernel stores no match for a block that holds every address, so none is printed back. */
const destination = (block: string): string => (block.endsWith('/0') ? '' : `-d ${block} `);

function ports(
  chain: Chain,
  selected: Selection<PortRange>,
  reason: string,
  target: string,
): readonly Rule[] {
  if (selected.kind === 'all') return [rule(chain, `-j ${target}`, reason)];
  return destinationPorts(selected.items).map((match) => rule(chain, `${match} -j ${target}`, reason));
}

/** Without what stands behind a rule that takes every packet. */
function reachable(rules: readonly Rule[]): readonly Rule[] {
  const final = rules.findIndex(({ spec }) => spec.startsWith('-j '));
  return final < 0 ? rules : rules.slice(0, final + 1);
}

const rule = (chain: Chain, spec: string, reason: string): Rule => ({ chain, spec, reason });
