import { parse } from 'yaml';
import { objectOf, objectsOf } from '../admission/json.ts';

/** The names of the contexts of kubeconfigs, each once. One that cannot be read has none. */
export const contextsOf = (kubeconfigs: readonly string[]): readonly string[] => [
  ...new Set(kubeconfigs.flatMap((text) => objectsOf(contentOf(text).contexts).map(({ name }) => `${name}`))),
];

function contentOf(text: string): ReturnType<typeof objectOf> {
  try {
    return objectOf(parse(text, { logLevel: 'silent' }));
  } catch {
    return {};
  }
}
