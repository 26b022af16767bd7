import { badUsage } from './exit-code.ts';

/** All that is wrong on stderr, with the file where it has a name. */
export function printProblems(problems: readonly string[], file: string | undefined): void {
  const prefix = file === undefined || file === '-' ? '' : `${file}: `;
  for (const problem of problems) console.error(`${prefix}${problem}`);
  process.exitCode = badUsage;
}
