import { dlopen, type Pointer, ptr, read } from 'bun:ffi';
import { constants } from 'node:os';
import type { Family } from '../../settings/cidr.ts';
import type { Endpoint } from '../trace/flags.ts';
import { addressOf, bytesOf } from './segment.ts';

/**
 * Sockets as the C library makes them, for what the runtime's own cannot be: of another user, transparent, or for whole
 * frames. None of them ever blocks. Loaded only when a check runs, and only by the executable's runtime.
 */

const { symbols: libc } = dlopen('libc.so.6', {
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  listen: { args: ['i32', 'i32'], returns: 'i32' },
  connect: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  getsockname: { args: ['i32', 'ptr', 'ptr'], returns: 'i32' },
  getsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
  send: { args: ['i32', 'ptr', 'usize', 'i32'], returns: 'i64' },
  recv: { args: ['i32', 'ptr', 'usize', 'i32'], returns: 'i64' },
  poll: { args: ['ptr', 'u32', 'i32'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
  if_nametoindex: { args: ['ptr'], returns: 'u32' },
  setfsuid: { args: ['u32'], returns: 'i32' },
  setfsgid: { args: ['u32'], returns: 'i32' },
  __errno_location: { args: [], returns: 'ptr' },
});

/** A file descriptor, or the name of the error that was in its way: `EADDRINUSE`. */
export type Opened =
  | { readonly ok: true; readonly socket: number }
  | { readonly ok: false; readonly error: string };

// From the headers of Linux, the same on amd64 and arm64.
const domain = { ipv4: 2, ipv6: 10, packet: 17 } as const;
const stream = 1;
const raw = 3;
const nonblocking = 0o4000;
const closeOnExec = 0o2000000;
const anyProtocol = 0x0003;
const level = { socket: 1, ipv4: 0, ipv6: 41 } as const;
const option = { reuseAddress: 2, error: 4, v6only: 26 } as const;
const transparentOption = { ipv4: 19, ipv6: 75 } as const;
const pollIn = 0x001;
const pollOut = 0x004;
/** The greatest backlog that a kernel takes without being told to. Nothing is accepted here, so all of it may fill. */
const backlog = 4096;

const lastError = (): string => errorName(read.i32(libc.__errno_location() as Pointer, 0));

const errorName = (number: number): string =>
  Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;

function open(family: keyof typeof domain, type: number, protocol: number): Opened {
  const socket = Number(libc.socket(domain[family], type | nonblocking | closeOnExec, protocol));
  return socket < 0 ? { ok: false, error: lastError() } : { ok: true, socket };
}

/** Closes the socket when `done`, which a call gave, says that it failed. */
function orClose(socket: number, done: number | bigint): Opened {
  if (Number(done) >= 0) return { ok: true, socket };
  const error = lastError();
  close(socket);
  return { ok: false, error };
}

export function close(socket: number): void {
  libc.close(socket);
}

/** A socket that listens on a port of all addresses of one family; 0 for any port. */
export function listen(family: Family, port: number, transparent: boolean): Opened {
  const opened = open(family, stream, 0);
  if (!opened.ok) return opened;
  const { socket } = opened;
  turnOn(socket, level.socket, option.reuseAddress);
  if (family === 'ipv6') turnOn(socket, level.ipv6, option.v6only);
  if (transparent) turnOn(socket, level[family], transparentOption[family]);
  const address = socketAddress(family, [], port);
  const bound = orClose(socket, libc.bind(socket, ptr(address), address.length));
  return bound.ok ? orClose(socket, libc.listen(socket, backlog)) : bound;
}

function turnOn(socket: number, at: number, name: number): void {
  libc.setsockopt(socket, at, name, ptr(Uint8Array.of(1, 0, 0, 0)), 4);
}

/** The error of {@link connect} when this process may not be somebody else. */
export const notPermitted = 'not permitted';

/** A connection that has begun, from an address and to one. The kernel knows it as its owner's, whoever this process is. */
export function connect(
  source: Endpoint,
  destination: Endpoint,
  owner: { readonly uid: number; readonly gid: number },
): Opened {
  const { family } = destination.address;
  const opened = openAs(owner, () => open(family, stream, 0));
  if (!opened.ok) return opened;
  const { socket } = opened;
  const from = socketAddress(family, bytesOf(source.address), source.port);
  const bound = orClose(socket, libc.bind(socket, ptr(from), from.length));
  if (!bound.ok) return bound;
  const to = socketAddress(family, bytesOf(destination.address), destination.port);
  if (libc.connect(socket, ptr(to), to.length) === 0) return opened;
  const error = lastError();
  if (error === 'EINPROGRESS') return opened;
  close(socket);
  return { ok: false, error };
}

/** Sockets belong to the user and group that the thread has for files, which can be changed for the thread alone. */
function openAs(owner: { readonly uid: number; readonly gid: number }, make: () => Opened): Opened {
  const [gid, uid] = [libc.setfsgid(owner.gid), libc.setfsuid(owner.uid)].map(Number);
  try {
    // Both tell the value before, whether they do as asked or not.
    const is = { gid: Number(libc.setfsgid(owner.gid)), uid: Number(libc.setfsuid(owner.uid)) };
    const permitted = is.uid >>> 0 === owner.uid && is.gid >>> 0 === owner.gid;
    return permitted ? make() : { ok: false, error: notPermitted };
  } finally {
    libc.setfsuid(uid ?? 0);
    libc.setfsgid(gid ?? 0);
  }
}

/** Sends and reads whole frames at an interface. */
export function openFrames(name: string): Opened {
  const index = Number(libc.if_nametoindex(ptr(new TextEncoder().encode(`${name}\0`))));
  const opened = open('packet', raw, anyProtocol);
  if (!opened.ok) return opened;
  // sockaddr_ll: family, protocol in network order, index; the rest is not asked for.
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, domain.packet, true);
  view.setUint16(2, anyProtocol & 0xff);
  view.setInt32(4, index, true);
  return orClose(opened.socket, libc.bind(opened.socket, ptr(address), address.length));
}

export const send = (socket: number, bytes: Uint8Array): boolean =>
  Number(libc.send(socket, ptr(bytes), bytes.length, 0)) === bytes.length;

/** The next frame; undefined when none is there. */
export function receive(socket: number): Uint8Array | undefined {
  const bytes = new Uint8Array(2048);
  const length = Number(libc.recv(socket, ptr(bytes), bytes.length, 0));
  return length < 0 ? undefined : bytes.subarray(0, length);
}

/** Where a socket of the family is bound. */
export function localEnd(socket: number, family: Family): Endpoint | undefined {
  const address = socketAddress(family, [], 0);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, address.length, true);
  libc.getsockname(socket, ptr(address), ptr(length));
  const block = addressOf(family === 'ipv4' ? address.subarray(4, 8) : address.subarray(8, 24));
  return block && { address: block, port: new DataView(address.buffer).getUint16(2) };
}

/** What became of a connection so far. */
export function stateOf(socket: number): { kind: 'pending' | 'open' } | { kind: 'broken'; error: string } {
  const request = new Uint8Array(8);
  const view = new DataView(request.buffer);
  view.setInt32(0, socket, true);
  view.setInt16(4, pollOut, true);
  if (libc.poll(ptr(request), 1, 0) === 0) return { kind: 'pending' };
  const error = new Uint8Array(4);
  const length = Uint8Array.of(4, 0, 0, 0);
  libc.getsockopt(socket, level.socket, option.error, ptr(error), ptr(length));
  const number = new DataView(error.buffer).getInt32(0, true);
  return number === 0 ? { kind: 'open' } : { kind: 'broken', error: errorName(number) };
}

/** Waits until there is a frame, for so many milliseconds at most. A negative socket has none. */
export function waitForFrame(socket: number, milliseconds: number): void {
  const request = new Uint8Array(8);
  const view = new DataView(request.buffer);
  view.setInt32(0, socket, true);
  view.setInt16(4, pollIn, true);
  libc.poll(ptr(request), 1, milliseconds);
}

/** sockaddr_in and sockaddr_in6. */
function socketAddress(family: Family, address: readonly number[], port: number): Uint8Array {
  const bytes = new Uint8Array(family === 'ipv4' ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, domain[family], true);
  view.setUint16(2, port);
  bytes.set(address, family === 'ipv4' ? 4 : 8);
  return bytes;
}
