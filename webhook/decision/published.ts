import { prefix } from '../../settings/names.ts';
import type { Layer } from '../../settings/parse.ts';
import { table } from '../../settings/table.ts';
import { isObject, type JsonObject } from '../admission/json.ts';
import { revisionLabel } from './names.ts';
import { describeRevision, type Revision } from './revision.ts';

/** The settings that an installation knows, as it publishes them in a ConfigMap `outrider-settings-VERSION`. */
export interface Published {
  readonly version: string;
  readonly revision: Revision;
  readonly keys: readonly string[];
}

/** By the label, since each version and revision has its own. */
export const publishedSelector = 'app.kubernetes.io/component=settings';

/** What a ConfigMap with that label says. */
export function readPublished({ metadata, data }: JsonObject): Published {
  const [{ labels }, { version, keys }] = [isObject(metadata) ? metadata : {}, isObject(data) ? data : {}];
  const revision = isObject(labels) ? labels[revisionLabel] : undefined;
  return {
    version: String(version),
    revision: typeof revision === 'string' ? revision : undefined,
    keys: String(keys)
      .split('\n')
      .filter((key) => key !== ''),
  };
}

/** Settings that only others know, each with who: an injector of another version, which is here or was. */
export type ForeignKeys = ReadonlyMap<string, string>;

export const noForeignKeys: ForeignKeys = new Map();

const own = new Set(table.filter(({ scope }) => scope === 'annotation').map(({ key }) => key));

export const foreignKeysOf = (published: readonly Published[]): ForeignKeys =>
  new Map(
    published.flatMap(({ version, revision, keys }) =>
      keys
        .filter((key) => !own.has(key))
        .map((key) => [key, `Outrider ${version} ${describeRevision(revision)}`] as const),
    ),
  );

/** A layer without what only others know, and a warning for each of those. */
export function setAside(
  { source, values }: Layer,
  foreign: ForeignKeys,
): { readonly layer: Layer; readonly ignored: readonly string[] } {
  return {
    layer: { source, values: values.filter(({ key }) => !foreign.has(key)) },
    ignored: values
      .filter(({ key }) => foreign.has(key))
      .map(({ name, key }) => describeIgnored(`${source} ${name}`, key, foreign)),
  };
}

export const describeIgnored = (where: string, key: string, foreign: ForeignKeys): string =>
  `${where}: ${prefix}${key} is known to ${foreign.get(key)}, and ignored by this one`;
