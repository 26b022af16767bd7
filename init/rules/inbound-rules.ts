import type { Family } from '../../settings/cidr.ts';
import { ownPorts } from '../../settings/names.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Chain } from './chains.ts';
import { outboundSelection } from './outbound-rules.ts';
import type { Rule, Verdict } from './rule.ts';
import { blocks, entry, jump, ports, reachable, rule, toCaller } from './selection.ts';

/** Also what the routing tables know it by: see routing.ts. */
export const tproxyMark = 0x539;

const own = ownPorts.map((port) => ({ first: port, last: port }));

/** What arrives at the pod, in the nat table. With TPROXY, only what guests behind virtual interfaces send. */
export function inbound(settings: Settings, family: Family): readonly Rule[] {
  const chain = 'OUTRIDER_INBOUND';
  const { redirectMode, virtualInterfaces } = settings;
  const guests = virtualInterfaces.flatMap((name) => fromGuest(settings, family, name));
  const captured =
    redirectMode === 'tproxy' ? [] : captureOrLeave(chain, settings, family, jump('OUTRIDER_IN_REDIRECT'));
  if (guests.length + captured.length === 0) return [];
  return [
    entry('PREROUTING', { protocol: 'tcp' }, chain, 'TCP that arrives at the pod'),
    ...byInterface(chain, settings),
    ...guests,
    ...captured,
  ];
}

/** A guest's traffic is the pod's own outbound traffic, by whatever way it goes on. */
function fromGuest(settings: Settings, family: Family, inInterface: string): readonly Rule[] {
  const left = rule('OUTRIDER_INBOUND', {}, toCaller, "a guest's traffic that is not captured");
  return reachable([...outboundSelection('OUTRIDER_INBOUND', settings, family), left]).map((one) => ({
    ...one,
    match: { inInterface, ...one.match },
    setting: one.setting ?? 'virtual-interfaces',
  }));
}

function captureOrLeave(
  chain: Chain,
  settings: Settings,
  family: Family,
  captured: Verdict,
): readonly Rule[] {
  return reachable([
    rule(chain, { protocol: 'tcp', destinationPorts: own }, toCaller, 'ports of the proxy itself'),
    ...excluded(chain, settings, family),
    ...ports(chain, settings.includeInboundPorts, 'include-inbound-ports', captured),
  ]);
}

function excluded(chain: Chain, settings: Settings, family: Family): readonly Rule[] {
  const { excludeInboundPorts, excludeInboundCidrs } = settings;
  return [
    ...ports(chain, excludeInboundPorts, 'exclude-inbound-ports', toCaller),
    ...blocks(chain, 'source', excludeInboundCidrs, family, 'exclude-inbound-cidrs', toCaller),
  ];
}

const byInterface = (chain: Chain, { excludeInterfaces }: Settings): readonly Rule[] =>
  excludeInterfaces.map((inInterface) =>
    rule(chain, { inInterface }, toCaller, 'in by an excluded interface', 'exclude-interfaces'),
  );

/**
 * What arrives at the pod, in the mangle table, where a packet can be given to a socket as it is. What comes by
 * loopback the pod sent itself, and the nat table has decided on it. TPROXY drops what belongs to a connection that
 * is not the proxy's, so answers to what the pod sent have to be let go before; and it is for new connections: the
 * later packets are marked alone, which leads them to the socket by the route of the mark.
 */
export function transparentInbound(settings: Settings, family: Family): readonly Rule[] {
  if (settings.redirectMode !== 'tproxy') return [];
  const [chain, divert, setting] = ['OUTRIDER_TPROXY', 'OUTRIDER_DIVERT', 'redirect-mode'] as const;
  const mark = tproxyMark;
  return [
    entry('PREROUTING', { protocol: 'tcp' }, chain, 'TCP that arrives at the pod', setting),
    rule(chain, { inInterface: 'lo' }, toCaller, 'sent by the pod itself', setting),
    ...byInterface(chain, settings),
    ...settings.virtualInterfaces.map((inInterface) =>
      rule(chain, { inInterface }, toCaller, "a guest's traffic is outbound", 'virtual-interfaces'),
    ),
    rule(chain, { direction: 'REPLY' }, toCaller, 'an answer to what the pod sent', setting),
    ...captureOrLeave(chain, settings, family, jump('OUTRIDER_IN_TPROXY')),
    rule(divert, {}, { kind: 'mark', mark }, 'to the socket that has the connection', setting),
    rule(divert, {}, { kind: 'accept' }, 'decided', setting),
    rule(
      'OUTRIDER_IN_TPROXY',
      { state: 'RELATED,ESTABLISHED' },
      jump(divert),
      'of a connection that the proxy has',
      setting,
    ),
    rule(
      'OUTRIDER_IN_TPROXY',
      { protocol: 'tcp' },
      { kind: 'tproxy', port: settings.inboundPort, mark },
      'to the proxy, inbound',
      'inbound-port',
    ),
  ];
}

/** What is left alone is not dropped either. */
export function invalidInbound(settings: Settings, family: Family): readonly Rule[] {
  if (!settings.dropInvalid) return [];
  const [chain, setting] = ['OUTRIDER_DROP', 'drop-invalid'] as const;
  return [
    entry('PREROUTING', { protocol: 'tcp' }, chain, 'TCP that arrives at the pod', setting),
    rule(chain, { inInterface: 'lo' }, toCaller, 'sent by the pod itself', setting),
    ...reachable([
      ...byInterface(chain, settings),
      ...excluded(chain, settings, family),
      rule(chain, { state: 'INVALID' }, { kind: 'drop' }, 'belongs to no connection', setting),
    ]),
  ];
}
