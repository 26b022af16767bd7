import { prefix } from '../../settings/names.ts';
import type { Layer, SettingError } from '../../settings/parse.ts';
import { statusAnnotation } from '../injection/names.ts';
import * as names from './names.ts';

const labels: readonly string[] = [names.namespaceLabel, names.podLabel];

/** The settings among an object's annotations; `source` says whose they are, for errors. */
export function readAnnotations(
  source: string,
  annotations: Readonly<Record<string, string>>,
): { readonly layer: Layer; readonly errors: readonly SettingError[] } {
  const ours = Object.entries(annotations).filter(
    ([name]) => name.startsWith(prefix) && name !== statusAnnotation,
  );
  const misplaced = ours.filter(([name]) => labels.includes(name));
  return {
    layer: {
      source,
      values: ours
        .filter(([name]) => !labels.includes(name))
        .map(([name, text]) => ({ key: name.slice(prefix.length), name, text })),
    },
    errors: misplaced.map(([name, text]) => ({
      source,
      name,
      text,
      expected: 'it as a label: it is no annotation',
    })),
  };
}
