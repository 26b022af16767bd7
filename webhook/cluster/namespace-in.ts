import type { Namespace } from '../admission/inject-review.ts';
import { type JsonObject, objectOf } from '../admission/json.ts';
import { readTexts } from '../admission/texts.ts';
import { namespaceLabel, revisionLabel } from '../decision/names.ts';

/** What an object of the kind Namespace says. */
export function namespaceIn(object: JsonObject): Namespace {
  const metadata = objectOf(object.metadata);
  const labels = textsIn(metadata.labels);
  return {
    label: labels[namespaceLabel],
    revision: labels[revisionLabel],
    labels,
    annotations: textsIn(metadata.annotations),
  };
}

/** The API server holds texts there, and nothing else. */
export function textsIn(value: unknown): Readonly<Record<string, string>> {
  const read = readTexts(value, '');
  return read.ok ? read.texts : {};
}
