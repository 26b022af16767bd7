import { describeError, parseSettings } from '../../settings/parse.ts';
import type { Settings } from '../../settings/settings.ts';
import { type EnforcingLayer, enforcedKey, readEnforced } from './enforcement.ts';
import { type ForeignKeys, noForeignKeys, setAside } from './published.ts';
import { nameIn, type Revision } from './revision.ts';

/** The ConfigMap with the settings of the whole cluster, in the namespace that Outrider runs in. */
export const configMapName = (revision?: Revision): string => nameIn(revision, 'outrider-config');

/** What the ConfigMap says: the defaults of all pods, below those of their namespaces, and what of them is enforced. */
export type Config = EnforcingLayer;

export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly settings: Settings;
      /** What only injectors of other versions know, a sentence each. */
      readonly ignored: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Parses the data of the ConfigMap, `proxy-cpu: 50m` and so on: the keys are the annotations' names without their
 * prefix. It is taken or refused as a whole, with all that is wrong with it. `settings` are those of a pod and a
 * namespace that say nothing.
 *
 * @param revision whose ConfigMap it is
 */
export function parseConfig(
  data: Readonly<Record<string, string>>,
  revision?: Revision,
  foreign: ForeignKeys = noForeignKeys,
): ParsedConfig {
  const source = `ConfigMap ${configMapName(revision)}`;
  const values = Object.entries(data).map(([key, text]) => ({ key, name: key, text }));
  const given = { source, values: values.filter(({ key }) => key !== enforcedKey) };
  const { layer, ignored } = setAside(given, foreign);
  const parsed = parseSettings([layer], ['annotation']);
  const { keys, errors, ...enforced } = readEnforced(source, enforcedKey, data[enforcedKey] ?? '', foreign);
  const all = [...(parsed.ok ? [] : parsed.errors), ...errors];
  return parsed.ok && all.length === 0
    ? {
        ok: true,
        config: { layer, enforced: { by: source, keys } },
        settings: parsed.settings,
        ignored: [...ignored, ...enforced.ignored],
      }
    : { ok: false, problems: all.map(describeError) };
}

/** A cluster without the ConfigMap. */
export const noConfig: Config = {
  layer: { source: `ConfigMap ${configMapName()}`, values: [] },
  enforced: { by: `ConfigMap ${configMapName()}`, keys: [] },
};
