import type { Settings } from '../../settings/settings.ts';
import { exemptOwnersOf, uncapturedMark } from './outbound-rules.ts';
import type { Rule } from './rule.ts';
import { entry, rule, toCaller } from './selection.ts';

const chain = 'OUTRIDER_STALE';

/**
 * The kernel asks the nat table once for a connection, which it knows by its addresses and ports, and remembers some that
 * no socket has any more, such as the proxy's that was not answered: for two minutes (net.netfilter:
 * nf_conntrack_tcp_timeout_syn_sent). An application that then dials the same destination from the same source port would
 * be taken for the proxy, and go by it. It is refused instead, and dials again from another port. A connection of the
 * proxy's keeps a mark; only who may make one may open it again.
 */
export const refuseStale = (settings: Settings): readonly Rule[] => [
  entry(
    'OUTPUT',
    { protocol: 'tcp', syn: true, connectionMark: uncapturedMark },
    chain,
    'opens a connection that is known, and not captured',
  ),
  ...exemptOwnersOf(settings).map(({ owner, setting }) =>
    rule(chain, owner, toCaller, 'who makes such connections', setting),
  ),
  rule(chain, { protocol: 'tcp' }, { kind: 'reset' }, 'an application, which would go past the proxy'),
];
