import { spawnSync } from 'node:child_process';
import { createHost, type Host } from './host.ts';
import { createPair, outside, type Pair } from './pair.ts';
import type { Program } from './program.ts';
import { type Answer, type Endpoint, fixture, startServer, startTransparentCapture } from './traffic.ts';

/** The ports on which everything in the world answers. */
export const servedPorts = [80, 81, 443, 8080, 8081, 9000, 15020, 15021, 15090];
/** The ports on which the pod's proxy listens, two pairs of outbound and inbound. */
export const capturePorts = [15001, 15006, 16001, 16006];

export const addresses = {
  pod: [
    { ipv4: '10.77.0.1', ipv6: 'fd00:77::1' },
    { ipv4: '10.78.0.1', ipv6: 'fd00:78::1' },
  ],
  peer: { ipv4: '10.77.0.2', ipv6: 'fd00:77::2' },
  guest: { ipv4: '10.78.0.2', ipv6: 'fd00:78::2' },
  outside,
  farther: { ipv4: '198.51.100.9', ipv6: '2001:db8:1::9' },
} as const;

/** Who opens connections: a user and group in the pod, the peer, or a guest behind the pod's interface eth1. */
export type Opener =
  | { readonly at: 'pod'; readonly uid: number; readonly gid: number }
  | { readonly at: 'peer' | 'guest' };

export interface World extends Pick<Pair, 'pod' | 'close'> {
  /** Opens connections at once, and gives the answers in their order. */
  open(opener: Opener, targets: readonly (Endpoint & { source?: string })[]): Promise<readonly Answer[]>;
}

/** A pair of hosts, and a guest that reaches the rest through the pod; servers on all of them, a proxy in the pod. */
export async function createWorld(): Promise<World> {
  const { pod, peer, close } = await createPair();
  const name = pod.name.replace(/pod$/, 'guest');
  const { farther, guest: own, pod: podAddresses } = addresses;
  ip(['netns', 'add', name]);
  const remove = (): void => ip(['netns', 'del', name]);
  ip(
    ['-n', pod.name, '-batch', '-'],
    `link add eth1 type veth peer name eth0 netns ${name}
link set eth1 up
addr add ${podAddresses[1].ipv4}/24 dev eth1
addr add ${podAddresses[1].ipv6}/64 dev eth1 nodad
`,
  );
  ip(
    ['-n', name, '-batch', '-'],
    `link set lo up
link set eth0 up
addr add ${own.ipv4}/24 dev eth0
addr add ${own.ipv6}/64 dev eth0 nodad
route add default via ${podAddresses[1].ipv4}
route add ::/0 via ${podAddresses[1].ipv6}
`,
  );
  ip(
    ['-n', peer.name, '-batch', '-'],
    `addr add ${farther.ipv4}/32 dev lo
addr add ${farther.ipv6}/128 dev lo nodad
route add ${own.ipv4} via ${podAddresses[0].ipv4}
route add ${own.ipv6} via ${podAddresses[0].ipv6}
`,
  );
  const forwarding = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
  await pod.exec('sysctl', ['-qw', ...forwarding]);
  const started: Program[] = [];
  const guest = createHost(name, own, started);
  await Promise.all([
    startServer(pod, servedPorts),
    startServer(peer, servedPorts),
    startServer(guest, servedPorts),
    startTransparentCapture(pod, capturePorts, { uid: 0, gid: 51337 }),
  ]);
  const clients = new Map<string, Promise<Program>>();
  const hosts: Record<Opener['at'], Host> = { pod, peer, guest };

  async function startClient(opener: Opener): Promise<Program> {
    const user = opener.at === 'pod' ? { uid: opener.uid, gid: opener.gid } : {};
    const client = hosts[opener.at].spawn(process.execPath, [fixture('batch-client.ts')], user);
    await client.nextLine();
    return client;
  }

  return {
    pod,
    async open(opener, targets) {
      const key = JSON.stringify(opener);
      const known = clients.get(key) ?? startClient(opener);
      clients.set(key, known);
      const client = await known;
      client.writeLine(JSON.stringify(targets));
      return JSON.parse(await client.nextLine()) as readonly Answer[];
    },
    async close() {
      await Promise.all(started.map((program) => program.stop()));
      await close();
      remove();
    },
  };
}

function ip(args: readonly string[], input = ''): void {
  const { status, stderr } = spawnSync('ip', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
