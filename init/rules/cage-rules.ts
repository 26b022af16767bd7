import type { Cidr, Family } from '../../settings/cidr.ts';
import { port } from '../../settings/port.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Match, Rule } from './rule.ts';
import { entry, rule, toCaller } from './selection.ts';

const chain = 'OUTRIDER_CAGE';
const setting = 'outbound-policy';
const dns = [{ first: port(53), last: port(53) }];

/**
 * The kernel's own messages, without which TCP fails: errors (RFC 792: unreachable, which holds "fragmentation
 * needed", and time exceeded; RFC 4443: 1 to 4), neighbour discovery (RFC 4861: 133, 135, 136) and the membership
 * reports (RFC 2710: 131, 132; RFC 3810: 143) that let a switch forward it. No process can send one of them without
 * NET_RAW, unlike the echo requests, which are not here.
 */
const messages = {
  ipv4: { protocol: 'icmp', types: [3, 11] },
  ipv6: { protocol: 'ipv6-icmp', types: [1, 2, 3, 4, 131, 132, 133, 135, 136, 143] },
} as const;

/**
 * The cage: what is not TCP is dropped in the filter table; TCP goes to the proxy, which decides. The settings that
 * exempt traffic from capture open no way through here. A family that is not captured is `closed`: no proxy decides
 * on its TCP, so that is dropped as well, but for answers: what comes in is not held back, captured or not.
 *
 * | what the pod, or a guest in it, sends | becomes |
 * | ------------------------------------- | ------- |
 * | TCP, where the family is captured     | not looked at here |
 * | on loopback                           | sent    |
 * | TCP that answers a connection made to the pod | sent |
 * | UDP to port 53 of a resolver          | sent    |
 * | ICMP that TCP cannot do without       | sent    |
 * | anything else                         | dropped |
 *
 * What comes by loopback and would go on from there, the pod has sent to itself with a way on in it (source routes, RFC
 * 8754). The nat table has let it go as what stays here, and a pod is no router: its TCP is dropped as well.
 */
export function cage(
  settings: Settings,
  family: Family,
  resolvers: readonly Cidr[],
  reach: 'captured' | 'closed' = 'captured',
): readonly Rule[] {
  if (settings.outboundPolicy !== 'blackhole') return [];
  const [sent, what]: [Match, string] =
    reach === 'captured' ? [{ notProtocol: 'tcp' }, 'besides TCP'] : [{}, 'in a family that is not captured'];
  const allow = (match: Match, reason: string): Rule => rule(chain, match, toCaller, reason, setting);
  const { protocol, types } = messages[family];
  return [
    entry('OUTPUT', sent, chain, `what the pod sends ${what}`, setting),
    entry('FORWARD', { inInterface: 'lo' }, chain, 'what the pod sends on by way of itself', setting),
    ...settings.virtualInterfaces.map((inInterface) =>
      entry('FORWARD', { inInterface, ...sent }, chain, `what a guest sends ${what}`, setting),
    ),
    allow({ outInterface: 'lo' }, 'stays in the pod'),
    ...(reach === 'closed'
      ? [allow({ protocol: 'tcp', direction: 'REPLY' }, 'answers to who called the pod')]
      : []),
    ...resolvers
      .filter((resolver) => resolver.family === family)
      .map((destination) =>
        allow({ destination, protocol: 'udp', destinationPorts: dns }, 'DNS to the resolver'),
      ),
    ...types.map((icmpType) => allow({ protocol, icmpType }, 'ICMP that TCP cannot do without')),
    rule(chain, {}, { kind: 'drop' }, 'anything else that is not TCP', setting),
  ];
}
