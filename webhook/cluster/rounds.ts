import { setInterval } from 'node:timers/promises';
import type { Logger } from 'pino';

/** What fails for the same reason every time is told once in this time, in milliseconds. */
const repetition = 10 * 60_000;

/** Calls `round` again and again, whatever comes of it, until the signal comes. */
export async function repeatRounds(
  round: () => Promise<void>,
  { pause, log, signal }: { readonly pause: number; readonly log: Logger; readonly signal?: AbortSignal },
): Promise<void> {
  let told = { reason: '', at: Number.NEGATIVE_INFINITY };
  for await (const _ of setInterval(pause)) {
    if (signal?.aborted) return;
    await round().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const at = performance.now();
      const isNews = reason !== told.reason || at - told.at >= repetition;
      if (isNews) told = { reason, at };
      log[isNews ? 'warn' : 'debug']({ err: error }, 'round of the auditor failed, trying again');
    });
  }
}
