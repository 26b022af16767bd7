import { join } from 'node:path';
import type { Families } from '../cluster.ts';
import { bridge, members, podCidr } from './addresses.ts';
import type { Layout } from './layout.ts';

/** The CNI configuration, contents by path: every pod gets a cable into one bridge. */
export function podNetwork(layout: Layout, families: Families): Readonly<Record<string, string>> {
  const conflist = {
    // The newest that the CNI plugins of Debian 12 and containerd 1.6 both speak.
    cniVersion: '1.0.0',
    name: 'outrider',
    plugins: [
      {
        type: 'bridge',
        bridge,
        isGateway: true,
        // A pod that calls a service and is itself picked gets its own packet back through the port it came from.
        hairpinMode: true,
        // Peers must see the pod's own address; there is no way out of the node that would need another.
        ipMasq: false,
        ipam: {
          type: 'host-local',
          ranges: members(podCidr, families).map((subnet) => [{ subnet }]),
          routes: members({ ipv4: '0.0.0.0/0', ipv6: '::/0' }, families).map((dst) => ({ dst })),
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  return { [join(layout.config, 'cni', 'outrider.conflist')]: `${JSON.stringify(conflist, null, 2)}\n` };
}
