import { describeError, parseSettings } from '../../settings/parse.ts';
import type { Namespace } from '../admission/inject-review.ts';
import { readAnnotations } from '../decision/annotations.ts';
import { findOddNamespaceLabel } from '../decision/odd-labels.ts';
import { type ForeignKeys, noForeignKeys } from '../decision/published.ts';

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
