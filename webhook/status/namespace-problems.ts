import { describeError, parseSettings } from '../../settings/parse.ts';
import type { Namespace } from '../admission/inject-review.ts';
import { readAnnotations } from '../decision/annotations.ts';
import { revisionLabel } from '../decision/names.ts';
import { findOddNamespaceLabel } from '../decision/odd-labels.ts';
import { type ForeignKeys, noForeignKeys } from '../decision/published.ts';
import { describeRevisions, type Revision } from '../decision/revision.ts';

/** What is wrong with what a namespace says of its pods, a sentence each. */
export function problemsOfNamespace(
  name: string,
  { label, annotations }: Namespace,
  foreign: ForeignKeys = noForeignKeys,
): readonly string[] {
  const { layer, errors } = readAnnotations('namespace annotation', annotations, foreign);
  const parsed = parseSettings([layer], ['annotation']);
  const refused = [...errors, ...(parsed.ok ? [] : parsed.errors)].map(
    (error) => `namespace ${name}: ${describeError(error)}: its pods are refused`,
  );
  return [...findOddNamespaceLabel(name, label), ...refused];
}

/** Where a namespace asks for an injector that is not there. */
export function findUnknownRevision(
  name: string,
  { label, revision }: Namespace,
  installed: readonly Revision[],
): readonly string[] {
  if (label !== 'enabled' || installed.includes(revision)) return [];
  const there = describeRevisions(installed);
  return [
    revision === undefined
      ? `namespace ${name} has no label ${revisionLabel}, and there is no injector without a revision, only ${there}: its pods are refused`
      : `label ${revisionLabel} of namespace ${name}: ${JSON.stringify(revision)} is not valid: expected the revision of an injector that is there (${there}): its pods are refused`,
  ];
}
