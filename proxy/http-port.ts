import type { Port } from '../settings/port.ts';
import type { Protocol } from '../settings/protocol.ts';

/** A port of the application on which HTTP is declared, and so parsed. */
export interface HttpPort {
  readonly port: Port;
  readonly protocol: Exclude<Protocol, 'tcp'>;
}
