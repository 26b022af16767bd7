import { buildExecutable } from './executable.ts';
import { createPair, type Pair } from './pair.ts';

/** Gives each test of the suite that calls it a pair of hosts of its own, and the init tool compiled. */
export function usePair(): Omit<Pair, 'close'> {
  let pair: Pair | undefined;
  before(async function () {
    this.timeout(60_000);
    await buildExecutable();
  });
  beforeEach(async () => {
    pair = await createPair();
  });
  afterEach(() => pair?.close());
  const current = (): Pair => {
    if (pair === undefined) throw new Error('the pair is there in hooks and tests only');
    return pair;
  };
  return {
    get pod() {
      return current().pod;
    },
    get peer() {
      return current().peer;
    },
  };
}
