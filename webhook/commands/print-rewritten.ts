import type { Rewritten } from '../offline/rewrite-objects.ts';
import { printProblems } from './print-problems.ts';

/** The new text on stdout and what became of each object on stderr; or all that is wrong, and nothing on stdout. */
export function printRewritten(rewritten: Rewritten, file: string): void {
  if (!rewritten.ok) {
    printProblems(rewritten.problems, file);
    return;
  }
  for (const note of rewritten.notes) console.error(note);
  process.stdout.write(rewritten.text);
}
