import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { namespaceLabel, revisionLabel } from '../decision/names.ts';
import { describeRevision, type Revision } from '../decision/revision.ts';

/** Namespaces whose pods are for an injector that goes while others stay: a sentence, where there are some. */
export function describeStranded(namespaces: readonly JsonObject[], revision: Revision): string | undefined {
  const label = (namespace: JsonObject, key: string): unknown =>
    valueAt(namespace, ['metadata', 'labels', key]);
  const names = namespaces
    .filter((one) => label(one, namespaceLabel) === 'enabled' && label(one, revisionLabel) === revision)
    .map((one) => String(valueAt(one, ['metadata', 'name'])));
  if (names.length === 0) return undefined;
  return `pods of ${names.join(', ')} are for the injector ${describeRevision(revision)}, and refused without it: label ${names.length === 1 ? 'this namespace' : 'these namespaces'} ${revisionLabel} for another`;
}
