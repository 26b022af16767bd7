import type { AccessLog } from '../settings/settings.ts';
import { type Direction, renderRequestLog } from './access-log.ts';
import type { HttpConnectionManager } from './resource.ts';
import { renderTracing, type Tracing } from './tracing.ts';

/** How requests are told of, where HTTP is parsed. */
export interface Observation {
  readonly accessLog: AccessLog;
  /** They are not traced where there is none. */
  readonly tracing: Tracing | undefined;
}

/** The fields of a connection manager by which its requests are told of. */
export function renderObservation(
  { accessLog, tracing }: Observation,
  direction: Direction,
): HttpConnectionManager {
  return {
    ...renderRequestLog(accessLog, direction),
    ...(tracing !== undefined && renderTracing(tracing)),
  };
}
