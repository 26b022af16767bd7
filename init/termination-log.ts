import { closeSync, constants, openSync, writeSync } from 'node:fs';

/** The kubelet shows at most this much of it. */
const limit = 4096;

/**
 * Writes why the run failed to where the kubelet looks for it: /dev/termination-log, or the file that
 * OUTRIDER_TERMINATION_LOG names. Outside a container there is no such file, and none is created.
 */
export function writeTerminationLog(reason: string, env: NodeJS.ProcessEnv): void {
  try {
    const file = openSync(
      env.OUTRIDER_TERMINATION_LOG ?? '/dev/termination-log',
      constants.O_WRONLY | constants.O_TRUNC,
    );
    writeSync(file, Buffer.from(reason).subarray(0, limit));
    closeSync(file);
  } catch {
    // The reason has been told on stderr and by the exit code; this is the third place.
  }
}
