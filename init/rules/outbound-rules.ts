import type { Family } from '../../settings/cidr.ts';
import { passthroughSource } from '../../settings/names.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Chain } from './chains.ts';
import type { Rule } from './rule.ts';
import { block, blocks, entry, jump, ports, reachable, rule, toCaller } from './selection.ts';

const chain = 'OUTRIDER_OUTPUT';
const outInterface = 'lo';
const localhost = { ipv4: block('127.0.0.1/32'), ipv6: block('::1/128') } as const;
const passthrough = {
  ipv4: block(`${passthroughSource.ipv4}/32`),
  ipv6: block(`${passthroughSource.ipv6}/128`),
} as const;

/** What the pod sends, in the nat table. */
export function outbound(settings: Settings, family: Family): readonly Rule[] {
  return [
    entry('OUTPUT', { protocol: 'tcp' }, chain, 'TCP that the pod sends'),
    ...settings.excludeInterfaces.map((name) =>
      rule(chain, { outInterface: name }, toCaller, 'out by an excluded interface', 'exclude-interfaces'),
    ),
    ...loopbackAndProxy(settings, family),
    ...outboundSelection(chain, settings, family),
  ];
}

/** The owners of the proxy's traffic, each with the setting that names it. */
export const proxiesOf = ({ proxyUids, proxyGids }: Settings) => [
  ...proxyUids.map((uid) => ({ owner: { uid }, setting: 'proxy-uid' })),
  ...proxyGids.map((gid) => ({ owner: { gid }, setting: 'proxy-gid' })),
];

/** Who makes connections that are not captured: the proxy, and the applications that are left alone. */
export const exemptOwnersOf = (settings: Settings) => [
  ...proxiesOf(settings).map((proxy) => ({ ...proxy, who: 'the proxy' })),
  ...[
    ...settings.excludeUids.map((uid) => ({ owner: { uid }, setting: 'exclude-uids' })),
    ...settings.excludeGids.map((gid) => ({ owner: { gid }, setting: 'exclude-gids' })),
  ].map((application) => ({ ...application, who: 'an application that is left alone' })),
];

/** What such a connection that leaves the pod is marked with: see {@link refuseStale}. */
export const uncapturedMark = 0x53a;

/**
 * What is decided by the sender or by the interface. All self-call rules stand before the first rule that lets a
 * proxy's user go, and each names one user or group, so that several do not exempt each other. With TPROXY there are
 * none: what the proxy passes to the application is a call to the pod's address too, from a peer's, and would come back
 * to the proxy without end.
 */
function loopbackAndProxy(settings: Settings, family: Family): readonly Rule[] {
  const selfCall = { notDestination: localhost[family], outInterface };
  const proxies = proxiesOf(settings);
  return [
    rule(
      chain,
      { source: passthrough[family], outInterface },
      toCaller,
      'passed through by the proxy to the application',
    ),
    ...(settings.redirectMode === 'tproxy' ? [] : proxies).map(({ owner, setting }) =>
      rule(
        chain,
        { ...selfCall, ...owner },
        jump('OUTRIDER_IN_REDIRECT'),
        "the proxy calling its own pod's address",
        setting,
      ),
    ),
    rule(chain, { outInterface }, toCaller, 'to localhost or to an address of the pod'),
    ...exemptOwnersOf(settings).flatMap(({ owner, setting, who }) => [
      rule(chain, owner, { kind: 'connection-mark', mark: uncapturedMark }, `made by ${who}`, setting),
      rule(chain, owner, toCaller, `from ${who}`, setting),
    ]),
  ];
}

/** What is decided by the destination. */
export function outboundSelection(from: Chain, settings: Settings, family: Family): readonly Rule[] {
  const { includeOutboundCidrs, includeOutboundPorts, excludeOutboundCidrs, excludeOutboundPorts } = settings;
  const captured = jump('OUTRIDER_REDIRECT');
  return reachable([
    ...ports(from, excludeOutboundPorts, 'exclude-outbound-ports', toCaller),
    ...blocks(from, 'destination', excludeOutboundCidrs, family, 'exclude-outbound-cidrs', toCaller),
    ...blocks(from, 'destination', includeOutboundCidrs, family, 'include-outbound-cidrs', captured),
    ...ports(from, includeOutboundPorts, 'include-outbound-ports', captured),
  ]);
}
