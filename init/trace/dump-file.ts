import { readFileSync } from 'node:fs';
import { InitError } from '../init-error.ts';

/**
 * Reads a file; `-` is standard input.
 * @throws InitError `usage`
 */
export function readDump(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new InitError('usage', `flag --from: ${(cause as Error).message}`, { cause });
  }
}
