/** What a person reads: a heading with a line of explanation, notes, and tables whose columns are aligned. */

export function heading(title: string, explanation: string): void {
  console.log(`\n${title}: ${explanation}`);
}

export function note(text: string): void {
  for (const line of text.split('\n')) console.log(`  ${line}`);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  for (const row of all) {
    note(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}
