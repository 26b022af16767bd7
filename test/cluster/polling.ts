import { setTimeout as sleep } from 'node:timers/promises';

const interval = 100;

/** Asks until the answer is yes. Rejects with the signal's reason when that comes first. */
export async function until(condition: () => boolean | Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await condition()) return;
    // An abort during the pause is seen at the top, where it is thrown with its own reason.
    await sleep(interval, undefined, { signal }).catch(() => {});
  }
}
