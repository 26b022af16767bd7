import { describeError, type Layer, parseSettings } from '../../settings/parse.ts';

/** The ConfigMap with the settings of the whole cluster, in the namespace that Outrider runs in. */
export const configMapName = 'outrider-config';

/** What the ConfigMap says: the defaults of all pods, below those of their namespaces. */
export interface Config {
  readonly layer: Layer;
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Parses the data of the ConfigMap, `proxy-cpu: 50m` and so on: the keys are the annotations' names without their
 * prefix. It is taken or refused as a whole, with all that is wrong with it.
 */
export function parseConfig(data: Readonly<Record<string, string>>): ParsedConfig {
  const layer = {
    source: `ConfigMap ${configMapName}`,
    values: Object.entries(data).map(([key, text]) => ({ key, name: key, text })),
  };
  const parsed = parseSettings([layer], ['annotation']);
  return parsed.ok
    ? { ok: true, config: { layer } }
    : { ok: false, problems: parsed.errors.map(describeError) };
}

/** A cluster without the ConfigMap. */
export const noConfig: Config = { layer: { source: `ConfigMap ${configMapName}`, values: [] } };
