import type { AccessLog } from '../settings/settings.ts';
import { type Direction, renderRequestLog } from './access-log.ts';
import type { HttpConnectionManager } from './resource.ts';

/** How requests are told of, where HTTP is parsed. */
export interface Observation {
  readonly accessLog: AccessLog;
}

/** The fields of a connection manager by which its requests are told of. */
export function renderObservation({ accessLog }: Observation, direction: Direction): HttpConnectionManager {
  return renderRequestLog(accessLog, direction);
}
