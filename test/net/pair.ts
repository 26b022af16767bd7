import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createHost, type Host } from './host.ts';
import type { Program } from './program.ts';

/** Two hosts on one wire: `pod`, whose rules are tested, and `peer`, which is everything else in the world. */
export interface Pair {
  readonly pod: Host;
  readonly peer: Host;
  /** Stops what was started in both, and removes both. */
  close(): Promise<void>;
}

const podAddresses = { ipv4: '10.77.0.1', ipv6: 'fd00:77::1' } as const;
const peerAddresses = { ipv4: '10.77.0.2', ipv6: 'fd00:77::2' } as const;

/** Addresses of the peer outside the network of the two. More can be added to the peer's loopback interface. */
export const outside = { ipv4: '203.0.113.7', ipv6: '2001:db8::7' } as const;

let pairs = 0;

/** The namespaces' names carry the pid and a number, so that several test processes do not meet. */
export async function createPair(): Promise<Pair> {
  const prefix = `outrider-${process.pid}-${pairs++}`;
  const [pod, peer] = [`${prefix}-pod`, `${prefix}-peer`];
  const remove = (): void => {
    for (const name of [pod, peer]) if (existsSync(`/run/netns/${name}`)) ip(['netns', 'del', name]);
  };
  // Also when the process ends early, as by an interrupt.
  process.once('exit', remove);
  ip(['-batch', '-'], `netns add ${pod}\nnetns add ${peer}\n`);
  // Addresses of IPv6 come without duplicate address detection, and after the link is up: for up to a second, an
  // address would be tentative otherwise, and could not be bound to or be resolved.
  ip(
    ['-n', pod, '-batch', '-'],
    `link set lo up
link add eth0 type veth peer name eth0 netns ${peer}
link set eth0 up
addr add ${podAddresses.ipv4}/24 dev eth0
addr add ${podAddresses.ipv6}/64 dev eth0 nodad
`,
  );
  ip(
    ['-n', peer, '-batch', '-'],
    `link set lo up
link set eth0 up
addr add ${peerAddresses.ipv4}/24 dev eth0
addr add ${peerAddresses.ipv6}/64 dev eth0 nodad
addr add ${outside.ipv4}/32 dev lo
addr add ${outside.ipv6}/128 dev lo nodad
`,
  );
  ip(
    ['-n', pod, '-batch', '-'],
    `route add default via ${peerAddresses.ipv4}
route add ::/0 via ${peerAddresses.ipv6}
`,
  );
  const started: Program[] = [];
  return {
    pod: createHost(pod, podAddresses, started),
    peer: createHost(peer, peerAddresses, started),
    async close() {
      await Promise.all(started.map((program) => program.stop()));
      process.removeListener('exit', remove);
      remove();
    },
  };
}

function ip(args: readonly string[], input = ''): void {
  const { status, stderr } = spawnSync('ip', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
