import { InvalidArgumentError, Option } from 'commander';
import { parseRevision } from '../decision/revision.ts';

/** Which of several injectors is meant; without it, the one that was installed without a revision. */
export const revisionOption = (of: string): Option =>
  new Option('--revision <name>', `revision ${of} (default: none)`).argParser(toRevision);

function toRevision(text: string): string {
  const revision = parseRevision(text);
  if (!revision.ok) throw new InvalidArgumentError(`Expected ${revision.expected}, such as canary.`);
  return revision.value;
}
