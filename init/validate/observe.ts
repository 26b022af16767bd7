import type { Endpoint } from '../trace/flags.ts';
import type { Connection } from '../trace/path.ts';
import type { Owner } from './ground.ts';
import * as libc from './libc.ts';
import type { Seen } from './probe.ts';
import { decodeSegment, encodeSegment, flag, type Segment } from './segment.ts';
import { socketTowards, type TableSocket } from './socket-table.ts';
import { far, near } from './wire.ts';

/** Where the connections are made. */
export interface Scene {
  /** The wire's far end; negative where there is none. */
  readonly frames: number;
  readonly readSockets: () => readonly TableSocket[];
  /** Whether who listens on a port is somebody who goes on to dial where the connection was made to. */
  readonly dialsOn: (port: number) => boolean;
}

/** In milliseconds. The kernel alone answers, at once; only what is dropped takes all of it. The kernel sends
 * its first packet again after a second, and so may a packet here be lost on a busy machine. */
const patience = 1500;
const resendAfter = 400;
const dialPatience = 200;
/** What took a connection and closed it with a reset is in no table: once more may be soon enough. */
const attempts = 3;

/** Makes a connection in the pod, and looks where it comes to. */
export function observePod(scene: Scene, connection: Connection, owner: Owner): Seen {
  const { source, destination: address, port } = connection;
  if (source === undefined) return { kind: 'impossible', reason: 'the pod has no address of this family' };
  let seen: Seen = { kind: 'vanished' };
  for (let attempt = 0; attempt < attempts && seen.kind === 'vanished'; attempt++) {
    const opened = libc.connect({ address: source, port: 0 }, { address, port }, owner);
    if (!opened.ok) return unopened(opened.error, owner);
    const client = libc.localEnd(opened.socket, address.family);
    seen = client === undefined ? seen : follow(scene, opened.socket, client);
    if (seen.kind === 'taken' && scene.dialsOn(seen.port)) refuseDial(scene, { address, port });
    libc.close(opened.socket);
  }
  return seen;
}

function unopened(error: string, { uid, gid }: Owner): Seen {
  if (error !== libc.notPermitted) return { kind: 'failed', error };
  const reason = `it takes CAP_SETUID and CAP_SETGID to connect as user ${uid} and group ${gid}`;
  return { kind: 'impossible', reason };
}

function follow(scene: Scene, socket: number, client: Endpoint): Seen {
  const deadline = performance.now() + patience;
  for (;;) {
    for (const segment of drain(scene)) if (isSame(segment.source, client)) return { kind: 'wire' };
    const taker = socketTowards(scene.readSockets(), client);
    if (taker !== undefined) return { kind: 'taken', port: taker.local.port };
    const state = libc.stateOf(socket);
    if (state.kind === 'broken' && state.error === 'ECONNREFUSED') return { kind: 'refused' };
    if (state.kind === 'broken' && state.error !== 'ECONNRESET')
      return { kind: 'failed', error: state.error };
    if (state.kind !== 'pending') return { kind: 'vanished' };
    if (performance.now() > deadline) return { kind: 'silent' };
    libc.waitForFrame(scene.frames, 1);
  }
}

/** A proxy that has no rule against it dials on. It is told no here, so that it does not try once the wire is gone. */
function refuseDial(scene: Scene, target: Endpoint): void {
  const deadline = performance.now() + dialPatience;
  while (performance.now() < deadline) {
    if (drain(scene).some(({ destination }) => isSame(destination, target))) return;
    libc.waitForFrame(scene.frames, 1);
  }
}

/** Makes a connection from the far end of the wire. It stays half open: what listens never hears of it. */
export function observePeer(scene: Scene, { source, destination: address, port }: Connection): Seen {
  if (source === undefined) return { kind: 'impossible', reason: 'there is no peer of this family' };
  const peer = { address: source, port: randomBetween(32_768, 61_000) };
  const pod = { address, port };
  const sequence = randomBetween(0, 2 ** 32);
  const opening = { source: peer, destination: pod, sequence, acknowledgement: 0, flags: flag.syn };
  if (!transmit(scene, opening)) return { kind: 'impossible', reason: 'the frame could not be sent' };
  let sent = performance.now();
  const deadline = sent + patience;
  while (performance.now() < deadline) {
    const reply = drain(scene).find((segment) => isSame(segment.destination, peer));
    if (reply === undefined) {
      libc.waitForFrame(scene.frames, 1);
      if (performance.now() - sent > resendAfter) {
        transmit(scene, opening);
        sent = performance.now();
      }
      continue;
    }
    if (reply.flags & flag.rst) return { kind: 'refused' };
    const taker = socketTowards(scene.readSockets(), peer);
    transmit(scene, { ...opening, sequence: (sequence + 1) % 2 ** 32, flags: flag.rst });
    return taker === undefined ? { kind: 'vanished' } : { kind: 'taken', port: taker.local.port };
  }
  return { kind: 'silent' };
}

/** What has come to the far end. Nobody is there: every opening is refused. */
function drain(scene: Scene): readonly Segment[] {
  if (scene.frames < 0) return [];
  const segments: Segment[] = [];
  for (let frame = libc.receive(scene.frames); frame !== undefined; frame = libc.receive(scene.frames)) {
    const segment = decodeSegment(frame);
    if (segment === undefined) continue;
    segments.push(segment);
    if (segment.flags === flag.syn) transmit(scene, refusal(segment));
  }
  return segments;
}

const refusal = ({ source, destination, sequence }: Segment): Segment => ({
  source: destination,
  destination: source,
  sequence: 0,
  acknowledgement: (sequence + 1) % 2 ** 32,
  flags: flag.rst | flag.ack,
});

const transmit = ({ frames }: Scene, segment: Segment): boolean =>
  libc.send(frames, encodeSegment(segment, hardware(near), hardware(far)));

const hardware = ({ hardware }: { readonly hardware: string }): Uint8Array =>
  Uint8Array.from(hardware.split(':'), (byte) => Number.parseInt(byte, 16));

const isSame = (one: Endpoint, other: Endpoint): boolean =>
  one.port === other.port && one.address.text === other.address.text;

/** No secret: it keeps one check apart from the one before. */
const randomBetween = (first: number, end: number): number =>
  first + Math.floor(Math.random() * (end - first));
