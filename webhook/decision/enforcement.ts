import { nearest } from '../../settings/nearest.ts';
import type { Layer, SettingError } from '../../settings/parse.ts';
import type { Setting } from '../../settings/setting.ts';
import { defaults } from '../../settings/settings.ts';
import { table } from '../../settings/table.ts';
import { describeIgnored, type ForeignKeys } from './published.ts';

/** The key, or annotation without prefix, whose value names the settings that are enforced. */
export const enforcedKey = 'enforced';

/** No setting of the table: the pod's label, with which it would opt out of injection. */
const inject = 'inject';

/** Settings that hold for every layer above, and the name of who says so. */
export interface Enforced {
  readonly by: string;
  readonly keys: readonly string[];
}

/** The settings of one place, and which of all settings it enforces upon the places above it. */
export interface EnforcingLayer {
  readonly layer: Layer;
  readonly enforced: Enforced;
}

const settings = table.filter(({ scope }) => scope === 'annotation');
const enforceable = [...settings.map(({ key }) => key), inject];

/** To find the nearest key takes a comparison with every key. */
const mostTold = 10;

/** Reads `outbound-policy,inject`: what is known among it, and the nearest known key for what nobody knows. */
export function readEnforced(
  source: string,
  name: string,
  text: string,
  foreign: ForeignKeys,
): Enforced & { readonly errors: readonly SettingError[]; readonly ignored: readonly string[] } {
  const keys = text.split(',').map((key) => key.trim());
  const others = text.trim() === '' ? [] : keys.filter((key) => !enforceable.includes(key));
  const unknown = others.filter((key) => !foreign.has(key));
  const told = unknown.slice(0, mostTold).map((key) => key.slice(0, 80));
  const list = (texts: readonly string[]): string => texts.join(', ');
  return {
    by: `${source} ${name}`,
    keys: keys.filter((key) => enforceable.includes(key)),
    ignored: others
      .filter((key) => foreign.has(key))
      .map((key) => describeIgnored(`${source} ${name}`, key, foreign)),
    errors:
      told.length === 0
        ? []
        : [
            {
              source,
              name,
              text,
              expected: `known settings, not ${list(told.map((key) => JSON.stringify(key)))}: did you mean ${list(told.map((key) => nearest(key, enforceable)))}?`,
            },
          ],
  };
}

/**
 * What the layers, weakest first, say against an enforced setting. Its value is that of its enforcer, or what stands
 * below it: a layer enforces also what it leaves at the default. The lowest enforcer of a setting has the last word.
 * A text that does not parse contradicts nothing: it is an error by itself.
 */
export function findOverruled(layers: readonly EnforcingLayer[]): SettingError[] {
  if (anythingEnforcedBy(layers) === undefined) return [];
  return settings.flatMap((setting) => {
    const lowest = layers.findIndex(({ enforced }) => enforced.keys.includes(setting.key));
    const enforcer = layers[lowest];
    if (enforcer === undefined) return [];
    const wanted = textIn(layers.slice(0, lowest + 1), setting);
    return layers.slice(lowest + 1).flatMap(({ layer: { source, values } }) =>
      values
        .filter(({ key, text }) => key === setting.key && (normal(setting, text) ?? wanted) !== wanted)
        .map(({ name, text }) => ({
          source,
          name,
          text,
          expected: `${JSON.stringify(wanted)} or no value: ${enforcer.enforced.by} enforces it`,
        })),
    );
  });
}

/** The value's text after the last layer. */
function textIn(layers: readonly EnforcingLayer[], setting: Setting): string {
  const texts = layers
    .flatMap(({ layer }) => layer.values)
    .filter(({ key }) => key === setting.key)
    .map(({ text }) => normal(setting, text));
  return texts.findLast((text) => text !== undefined) ?? setting.format(defaults[setting.field]);
}

/** The one text of a value that can be written in several ways; `undefined` where it does not parse. */
function normal({ parse, format }: Setting, text: string): string | undefined {
  const parsed = parse(text);
  return parsed.ok ? format(parsed.value) : undefined;
}

/** Who forbids a pod to opt out of injection, if anybody does. */
export const injectEnforcedBy = (layers: readonly Pick<EnforcingLayer, 'enforced'>[]): string | undefined =>
  layers.find(({ enforced }) => enforced.keys.includes(inject))?.enforced.by;

/** Who enforces anything at all, if anybody does: then nobody has a word on our containers. */
export const anythingEnforcedBy = (layers: readonly Pick<EnforcingLayer, 'enforced'>[]): string | undefined =>
  layers.find(({ enforced }) => enforced.keys.length > 0)?.enforced.by;
