import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { OfflineError } from '../offline/offline-error.ts';

/**
 * The text of a file, or of standard input where it is `-`. A byte order mark stays in it.
 *
 * @throws OfflineError
 */
export async function readManifest(file: string): Promise<string> {
  try {
    const bytes = file === '-' ? await buffer(process.stdin) : await readFile(file);
    // What is no UTF-8 would come out as other bytes.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const reason =
      cause instanceof TypeError
        ? 'is not UTF-8: save it as such'
        : cause instanceof Error
          ? cause.message
          : cause;
    throw new OfflineError('unreadable', `${file}: ${reason}`, { cause });
  }
}
