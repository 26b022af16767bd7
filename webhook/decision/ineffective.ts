import type { Family } from '../../settings/cidr.ts';
import { lintSettings } from '../../settings/lint/lint-settings.ts';
import type { Layer } from '../../settings/parse.ts';
import type { Settings } from '../../settings/settings.ts';

/**
 * Lists are compared item by item, so the time grows with the square of their lengths. No person writes lists of this
 * many characters, and other reviews wait meanwhile.
 */
const longest = 4096;

/**
 * What `layers` say that changes nothing: one sentence each, with the place that gave the value. `settings` is what
 * came of `below` and then of `layers`, weakest first. Who wrote what is below is not blamed: a default that a pod
 * overrides is no mistake.
 */
export function findIneffective(
  settings: Settings,
  families: readonly Family[],
  below: readonly Layer[],
  layers: readonly Layer[],
): readonly string[] {
  const places = layers.flatMap(({ source, values }) =>
    values.map(({ key, name }) => ({ key, source, name })),
  );
  const tooLong = [...below, ...layers].some(({ values }) =>
    values.some(({ text }) => text.length > longest),
  );
  if (places.length === 0 || tooLong) return [];
  return lintSettings(settings, families).flatMap(({ setting, value, why }) => {
    const place = places.findLast(({ key }) => key === setting);
    return place === undefined ? [] : [`${place.source} ${place.name}: ${value} has no effect: ${why}`];
  });
}
