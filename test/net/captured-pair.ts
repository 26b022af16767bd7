import { expect } from 'chai';
import { buildExecutable, runInit } from './executable.ts';
import { createPair, type Pair } from './pair.ts';

/**
 * A pair of hosts whose pod has the rules of the default settings but for `flags`, by the compiled init tool.
 * The families are said outright: while its interface is still coming up, the pod has no address by which to tell them.
 */
export async function createCapturedPair(flags: readonly string[] = []): Promise<Pair> {
  await buildExecutable();
  const pair = await createPair();
  try {
    const init = await runInit(pair.pod, ['apply', '--ip-families', 'dual', ...flags]);
    expect(init.exitCode, init.stderr).to.equal(0);
    return pair;
  } catch (error) {
    await pair.close();
    throw error;
  }
}
