import { InitError } from '../init-error.ts';
import type { Proof } from './probe.ts';
import { describeProof } from './words.ts';

/**
 * `report` is for stdout, whatever comes of it.
 * @throws InitError `validation-failed`, with a line for every path that is not as the rules should make it
 */
export function assertProven(proofs: readonly Proof[], report: string): void {
  const failed = proofs.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return;
  const lines = [...failed.map(describeProof), 'the rules stay as they were written'];
  throw new InitError('validation-failed', lines.join('\n'), { report });
}
