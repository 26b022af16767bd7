import { expect } from 'chai';
import { buildExecutable, runInit } from './executable.ts';
import { createPair, type Pair } from './pair.ts';

/** A pair of hosts whose pod has the rules of the default settings, by the compiled init tool. */
export async function createCapturedPair(): Promise<Pair> {
  await buildExecutable();
  const pair = await createPair();
  try {
    const init = await runInit(pair.pod, ['apply']);
    expect(init.exitCode, init.stderr).to.equal(0);
    return pair;
  } catch (error) {
    await pair.close();
    throw error;
  }
}
