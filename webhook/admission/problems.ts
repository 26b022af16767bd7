/** More than a person would write by mistake; a hostile pod has room for a hundred thousand. */
const most = 20;

/** All problems of one pod in one line, or the first of them and how many more there are. */
export function listProblems(problems: readonly string[]): string {
  const more = problems.length > most ? [`and ${problems.length - most} more`] : [];
  return [...problems.slice(0, most), ...more].join('; ');
}
