/** Numbers from 0 to 1, the same ones for a seed: what went wrong once can be had again. */
export function randomFrom(seed: number): () => number {
  // xorshift32, which needs a state other than 0.
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** One of the items. */
export function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}
