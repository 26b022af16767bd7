import type { Settings } from '../../settings/settings.ts';
import { proxiesOf } from './outbound-rules.ts';
import type { Rule } from './rule.ts';
import { entry, rule } from './selection.ts';

/** Any but the one of all other connections, which is 0. A network namespace has zones of its own. */
const zone = 1;

/**
 * The connections that the proxy makes, in a zone of connection tracking of their own. The kernel asks the nat table once
 * for a connection, and knows that by its addresses and ports. It remembers some that no socket has any more, such as one
 * that was not answered. An application that then dials the same destination from the same source port would be taken for
 * the proxy, and sent past it; or the proxy for the application, and sent to itself.
 */
export const proxiesApart = (settings: Settings): readonly Rule[] => [
  entry('OUTPUT', { protocol: 'tcp' }, 'OUTRIDER_ZONE', 'TCP that the pod sends'),
  ...proxiesOf(settings).map(({ owner, setting }) =>
    rule(
      'OUTRIDER_ZONE',
      owner,
      { kind: 'zone', zone },
      "the proxy's connections, apart from all others",
      setting,
    ),
  ),
];
