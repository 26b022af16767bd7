/** Something whose time is taken; `prepare` runs before it and is not timed. */
export interface Contender {
  readonly name: string;
  readonly prepare?: () => void;
  readonly run: () => void;
}

export interface Measured {
  readonly name: string;
  /** Milliseconds, ascending. */
  readonly times: readonly number[];
  readonly median: number;
}

/** Runs the contenders in turns, so that what else the machine does falls on all of them alike. */
export function measure(contenders: readonly Contender[], rounds: number): Measured[] {
  const times = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { prepare, run }] of contenders.entries()) {
      prepare?.();
      const started = performance.now();
      run();
      times[index]?.push(performance.now() - started);
    }
  }
  return contenders.map(({ name }, index) => {
    const sorted = (times[index] ?? []).sort((a, b) => a - b);
    return { name, times: sorted, median: quantile(sorted, 0.5) };
  });
}

/** A table: the median, the middle half of the times (from the first to the third quartile), the ratio of medians. */
export function summarize(title: string, results: readonly Measured[]): string {
  const base = results[0]?.median ?? Number.NaN;
  const rows = results.map(({ name, times, median }) => {
    const [low, high] = [0.25, 0.75].map((q) => quantile(times, q));
    const spread = `${(low ?? 0).toFixed(1)} to ${(high ?? 0).toFixed(1)}`;
    return `  ${name.padEnd(40)}${median.toFixed(1).padStart(8)} ms${spread.padStart(18)}${(median / base).toFixed(2).padStart(8)}`;
  });
  return [title, ...rows, ''].join('\n');
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.round((sorted.length - 1) * q)] ?? Number.NaN;
}
