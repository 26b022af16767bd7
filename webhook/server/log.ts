import { type Logger, pino } from 'pino';

/** JSON lines on stdout: constant messages, values in fields. Never a pod's body, a key or a token. */
export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
