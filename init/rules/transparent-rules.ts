import { port } from '../../settings/port.ts';
import type { Settings } from '../../settings/settings.ts';
import { tproxyMark } from './inbound-rules.ts';
import { proxiesOf } from './outbound-rules.ts';
import type { Rule } from './rule.ts';
import { entry, rule } from './selection.ts';

const setting = 'redirect-mode';
const outInterface = 'lo';
const mark = tproxyMark;

/** Any but the one of all other connections, which is 0. A network namespace has zones of its own. */
const zone = 1;

/** Below those from which Linux makes connections by default (net.ipv4.ip_local_port_range). */
const ports = { first: port(1024), last: port(32767) };

/**
 * The proxy's way to the application with TPROXY, which leads from the peer's own address to the pod's, like the
 * connection that the peer made. So in three tables:
 *
 * - mangle: the application's answer would go out to the peer. It is led to the proxy's socket, by the route of TPROXY's
 *   mark. That a connection is of this kind its first packet tells, by who sent it.
 * - raw: the kernel chooses the source port without regard to the ports of that peer. From one that the peer has, the
 *   proxy's packets would be taken for the peer's connection; in a zone of their own they are not. They are told by the
 *   source, for the last of a connection is the kernel's, which no process owns.
 * - nat: the application's socket would be taken for the one that the peer means, who connects from the port of that
 *   later. So it gets another one, such as peers do not take.
 */
export function transparentPassing(settings: Settings): readonly Rule[] {
  if (settings.redirectMode !== 'tproxy') return [];
  const proxies = proxiesOf(settings);
  return [
    entry('OUTPUT', { protocol: 'tcp' }, 'OUTRIDER_ZONE', 'TCP that the pod sends', setting),
    rule(
      'OUTRIDER_ZONE',
      { outInterface, foreignSource: true },
      { kind: 'zone', zone },
      "apart from the peers' connections",
      setting,
    ),
    entry('OUTPUT', { protocol: 'tcp' }, 'OUTRIDER_ANSWER', 'TCP that the pod sends', setting),
    ...proxies.map(({ owner, setting }) =>
      rule(
        'OUTRIDER_ANSWER',
        { outInterface, ...owner, direction: 'ORIGINAL' },
        { kind: 'connection-mark', mark },
        'passed by the proxy to the application',
        setting,
      ),
    ),
    rule(
      'OUTRIDER_ANSWER',
      { direction: 'REPLY', connectionMark: mark },
      { kind: 'mark', mark },
      'an answer to what the proxy passed',
      setting,
    ),
    entry(
      'POSTROUTING',
      { protocol: 'tcp' },
      'OUTRIDER_SOURCE',
      'TCP that leaves, or stays in the pod',
      setting,
    ),
    rule(
      'OUTRIDER_SOURCE',
      {
        ...{ protocol: 'tcp', outInterface, direction: 'ORIGINAL', connectionMark: mark },
        foreignSource: true,
      },
      { kind: 'source-ports', ports },
      'not from a port that the peer could take',
      setting,
    ),
  ];
}
