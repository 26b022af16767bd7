import { isObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { readTexts } from '../admission/texts.ts';
import { type Config, configMapName, parseConfig } from '../decision/config.ts';
import type { Revision } from '../decision/revision.ts';
import { parseDocuments } from './documents.ts';

export type ReadConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads the settings of the whole cluster from a file: the manifest of the ConfigMap, alone or among others, or what
 * its data holds (`proxy-cpu: 50m`).
 */
export function readConfig(text: string, revision?: Revision): ReadConfig {
  const name = configMapName(revision);
  const { documents, problems } = parseDocuments(text);
  if (problems.length > 0) return { ok: false, problems };
  const maps = documents.filter(
    ({ json }) => valueAt(json, ['kind']) === 'ConfigMap' && valueAt(json, ['metadata', 'name']) === name,
  );
  const [only, ...more] = maps.length > 0 ? maps : documents;
  if (only === undefined) return parseConfig({}, revision);
  const isMap = maps.length > 0;
  if (more.length > 0 || (!isMap && !isPlain(only.json))) {
    const problem = `expected one ConfigMap ${name}, or a mapping of settings to texts`;
    return { ok: false, problems: [problem] };
  }
  const read = isMap ? readTexts(valueAt(only.json, ['data']), 'data') : readTexts(only.json, 'settings');
  return read.ok
    ? parseConfig(read.texts, revision)
    : { ok: false, problems: read.problems.map((problem) => `${only.where}: ${problem}`) };
}

/** Not the manifest of something else. */
const isPlain = (json: unknown): boolean => isObject(json) && json.kind === undefined;
