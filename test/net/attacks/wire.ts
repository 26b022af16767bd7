import { outside, type Pair } from '../pair.ts';
import { fixture, sendUdp } from '../traffic.ts';

/** An IP packet that left the pod. */
export interface Packet {
  readonly to: string;
  /** `tcp`, `udp`, `icmp` of either family, or a number. */
  readonly protocol: string;
  /** The destination's, of TCP and UDP. */
  readonly port?: number;
  /** Of ICMP. */
  readonly type?: number;
  /** Of UDP. */
  readonly text?: string;
}

/** The cable between the pod and all else. */
export interface Wire {
  /** What left the pod since the last time, in order, without what finds and tells neighbours. */
  packets(): Promise<readonly Packet[]>;
  /** The TCP among it that went to somebody else than an allowed host, which is at `outside`. */
  strays(): Promise<readonly Packet[]>;
}

/** Of no process, but of the kernel's: router and neighbour discovery, and membership of multicast (RFC 4861, 3810). */
const ofNeighbours = [131, 132, 133, 135, 136, 143];

/** Sees every packet, whatever became of it on the other side, and whether or not somebody listens there. */
export async function watchWire({ pod, peer }: Pair): Promise<Wire> {
  const sniffer = peer.spawn('/usr/bin/python3', [fixture('wire.py'), 'eth0']);
  await sniffer.nextLine();
  let marks = 0;
  const packets = async (): Promise<readonly Packet[]> => {
    // A cable keeps the order: what was sent before the mark has been seen when the mark is.
    const mark = `mark ${marks++}`;
    const resolver = { address: peer.addresses.ipv4, port: 53 };
    expectSent(await sendUdp(pod, resolver, { uid: 1000 }, mark));
    const seen: Packet[] = [];
    for (;;) {
      const packet = JSON.parse(await sniffer.nextLine()) as Packet;
      if (packet.text === mark) return seen;
      if (packet.type === undefined || !ofNeighbours.includes(packet.type)) seen.push(packet);
    }
  };
  const allowed: readonly string[] = Object.values(outside);
  return {
    packets,
    strays: async () =>
      (await packets()).filter(({ to, protocol }) => protocol === 'tcp' && !allowed.includes(to)),
  };
}

function expectSent(answer: string): void {
  if (answer !== 'sent') throw new Error(`the mark on the wire was ${answer}`);
}
