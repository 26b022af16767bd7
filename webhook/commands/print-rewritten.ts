import type { Rewritten } from '../offline/rewrite-pods.ts';
import { badUsage } from './exit-code.ts';

/** The new text on stdout and what became of each object on stderr; or all that is wrong, and nothing on stdout. */
export function printRewritten(rewritten: Rewritten): void {
  for (const line of rewritten.ok ? rewritten.notes : rewritten.problems) console.error(line);
  if (rewritten.ok) process.stdout.write(rewritten.text);
  else process.exitCode = badUsage;
}
