/** A longer description is not remembered: a hostile pod could fill the memory with its settings. */
const longestKey = 8 * 1024;

/**
 * `make`, a pure function of plain data, which remembers what it made of the `most` arguments that it met last. Every
 * field of the argument counts, so what comes back is what `make` would give.
 */
export function remember<A, R>(make: (argument: A) => R, most: number): (argument: A) => R {
  // A Map keeps the order of insertion: the first is the one that was not met for the longest time.
  const made = new Map<string, R>();
  return (argument) => {
    const key = JSON.stringify(argument);
    const known = made.get(key);
    if (known === undefined && key.length > longestKey) return make(argument);
    const result = known ?? make(argument);
    made.delete(key);
    made.set(key, result);
    if (made.size > most) made.delete(made.keys().next().value ?? '');
    return result;
  };
}
