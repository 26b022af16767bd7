import { type Layer, parseSettings } from '../../settings/parse.ts';
import { table } from '../../settings/table.ts';

/** The value of a setting, and whose word it is: `default`, or the place that gave it. */
export interface Origin {
  readonly key: string;
  readonly value: string;
  readonly source: string;
}

/** The settings that come of the layers, weakest first; none where a layer does not parse, which is told elsewhere. */
export function originsOf(layers: readonly Layer[]): readonly Origin[] {
  const parsed = parseSettings(layers, ['annotation']);
  if (!parsed.ok) return [];
  const given = layers.flatMap(({ source, values }) =>
    values.map(({ key, name }) => ({ key, source: `${source} ${name}` })),
  );
  return table
    .filter(({ scope }) => scope === 'annotation')
    .map(({ key, field, format }) => ({
      key,
      value: format(parsed.settings[field]),
      source: given.findLast((one) => one.key === key)?.source ?? 'default',
    }));
}
