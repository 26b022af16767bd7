import { prefix } from '../../settings/names.ts';
import type { SettingError } from '../../settings/parse.ts';
import { originalAnnotation, statusAnnotation } from '../injection/names.ts';
import { type EnforcingLayer, enforcedKey, readEnforced } from './enforcement.ts';
import * as names from './names.ts';
import { type ForeignKeys, noForeignKeys, setAside } from './published.ts';

/** Information that Outrider itself writes: no settings. */
const marks: readonly string[] = [statusAnnotation, originalAnnotation];

const labels: readonly string[] = [names.namespaceLabel, names.podLabel, names.revisionLabel];
const enforcedAnnotation = `${prefix}${enforcedKey}`;

/**
 * The settings among an object's annotations; `source` says whose they are, for errors. A namespace may enforce some
 * of them, a pod has nobody to enforce them upon. What only others know is left out, and told in `ignored`.
 */
export function readAnnotations(
  source: 'namespace annotation' | 'pod annotation',
  annotations: Readonly<Record<string, string>>,
  foreign: ForeignKeys = noForeignKeys,
): EnforcingLayer & { readonly errors: readonly SettingError[]; readonly ignored: readonly string[] } {
  const ours = Object.entries(annotations).filter(
    ([name]) => name.startsWith(prefix) && !marks.includes(name),
  );
  const misplaced = (name: string): string | undefined => {
    if (labels.includes(name)) return 'it as a label: it is no annotation';
    if (name === enforcedAnnotation && source === 'pod annotation')
      return 'it on the namespace: a pod enforces nothing';
    return undefined;
  };
  const { by, keys, errors, ...enforced } = readEnforced(
    source,
    enforcedAnnotation,
    source === 'pod annotation' ? '' : (annotations[enforcedAnnotation] ?? ''),
    foreign,
  );
  const values = ours
    .filter(([name]) => !labels.includes(name) && name !== enforcedAnnotation)
    .map(([name, text]) => ({ key: name.slice(prefix.length), name, text }));
  const { layer, ignored } = setAside({ source, values }, foreign);
  return {
    layer,
    enforced: { by, keys },
    ignored: [...ignored, ...enforced.ignored],
    errors: [
      ...ours.flatMap(([name, text]) => {
        const expected = misplaced(name);
        return expected === undefined ? [] : [{ source, name, text, expected }];
      }),
      ...errors,
    ],
  };
}
