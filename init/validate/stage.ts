import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Block } from '../../settings/block.ts';
import type { Family } from '../../settings/cidr.ts';
import type { Settings } from '../../settings/settings.ts';
import * as libc from './libc.ts';
import { observePeer, observePod } from './observe.ts';
import type { Probe, Seen } from './probe.ts';
import { parseSocketTable, type TableSocket } from './socket-table.ts';
import { far, layRoutes, layWire, near, nearAddress, removeWire } from './wire.ts';

/** What is set up in the pod for the time of a check: the wire, and listeners. */
export interface Stage {
  /** The port of the check's own listener; undefined when there is none. */
  listenerPort(family: Family): number | undefined;
  sockets(): readonly TableSocket[];
  /** Leads what is sent to these addresses, and answers to them, to the wire. */
  route(family: Family, addresses: readonly Block[]): void;
  observe(probe: Probe, isLocal: (address: Block) => boolean): Seen;
  close(): void;
}

/** For all connections of one check, in milliseconds: each that is dropped takes more than a second. */
const limit = 30_000;

/** Where the proxy listens already, nothing is opened: it is part of what is proven. */
export function openStage(families: readonly Family[], settings: Settings): Stage {
  const deadline = performance.now() + limit;
  const wire = openWire();
  const routed = new Map<Family, string>();
  const ports = new Map<Family, number>();
  const listeners: number[] = [];
  const ours = new Set<number>();
  for (const family of families) {
    const transparent = settings.redirectMode === 'tproxy';
    for (const port of [settings.outboundPort, settings.inboundPort, 0]) {
      const opened = libc.listen(family, port, transparent && port === settings.inboundPort);
      if (!opened.ok) continue;
      listeners.push(opened.socket);
      if (port === 0) ports.set(family, libc.localEnd(opened.socket, family)?.port ?? 0);
      else ours.add(port);
    }
  }
  return {
    listenerPort: (family) => ports.get(family),
    sockets: readSockets,
    route(family, addresses) {
      const refused = wire.ok ? ip(layRoutes(nearAddress(family), addresses)) : undefined;
      if (refused !== undefined) routed.set(family, refused);
    },
    observe(probe, isLocal) {
      const { connection, family } = probe;
      if (performance.now() > deadline) {
        return {
          kind: 'impossible',
          reason: `the connections before it took all of the ${limit / 1000} seconds`,
        };
      }
      const frames = wire.ok && !routed.has(family) ? wire.socket : undefined;
      const local = isLocal(connection.destination);
      if ((connection.from.kind === 'peer' || !local) && frames === undefined) {
        const reason = wire.ok ? (routed.get(family) ?? '') : wire.error;
        return { kind: 'impossible', reason: `it takes a pair of interfaces: ${reason}` };
      }
      const at = { frames: frames ?? -1, readSockets, dialsOn: (port: number) => !local && !ours.has(port) };
      return connection.from.kind === 'peer'
        ? observePeer(at, connection)
        : observePod(at, connection, connection.from);
    },
    close() {
      for (const socket of [...listeners, ...(wire.ok ? [wire.socket] : [])]) libc.close(socket);
      removeOldWire();
    },
  };
}

/** A run that was killed may have left one. */
function removeOldWire(): void {
  if (existsSync(`/sys/class/net/${near.name}`)) ip(removeWire);
}

function openWire(): libc.Opened {
  removeOldWire();
  const refused = ip(layWire);
  if (refused === undefined) {
    const frames = libc.openFrames(far.name);
    if (frames.ok) return frames;
    removeOldWire();
    return { ok: false, error: `frames cannot be read and sent (${frames.error}): it takes CAP_NET_RAW` };
  }
  removeOldWire();
  return { ok: false, error: refused };
}

/** Runs the lines in one process, and gives its words when it refuses. */
function ip(lines: string): string | undefined {
  const options = { input: lines, encoding: 'utf8', timeout: 5000, killSignal: 'SIGKILL' } as const;
  const { error, status, stderr } = spawnSync('ip', ['-batch', '-'], options);
  if (status === 0) return undefined;
  return `ip: ${error?.message ?? stderr.trim().split('\n')[0]}`;
}

function readSockets(): readonly TableSocket[] {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file));
  return files.flatMap((file) => parseSocketTable(readFileSync(file, 'utf8')));
}
