import { findContradictions, type GivenText } from './contradictions.ts';
import { nearest } from './nearest.ts';
import type { Scope, Shapes } from './setting.ts';
import { defaults, type Settings } from './settings.ts';
import { table } from './table.ts';

/** Texts from one place, such as a pod's annotations: `key` as in the table, `name` as its user wrote it. */
export interface Layer {
  readonly source: string;
  readonly values: readonly { readonly key: string; readonly name: string; readonly text: string }[];
}

/** One thing wrong with one text. */
export interface SettingError {
  readonly source: string;
  readonly name: string;
  readonly text: string;
  readonly expected: string;
}

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  /** `held`: the settings without what is wrong, to judge by it what else there is to tell. */
  | { readonly ok: false; readonly errors: readonly SettingError[]; readonly held: Settings };

/** A hint costs a comparison with every key. Nobody misspells so many; a hostile pod would, to keep us busy. */
const mostHints = 20;

/**
 * Parses all layers, weakest first, over the defaults. Every error of every layer comes back at once. A key
 * outside `scopes` and `shapes`, or outside the table, is an error that names the nearest key there is.
 */
export function parseSettings(
  layers: readonly Layer[],
  scopes: readonly Scope[],
  shapes: readonly Shapes[] = ['rules', 'proxy'],
): ParsedSettings {
  const known = table.filter((one) => scopes.includes(one.scope) && shapes.includes(one.shapes));
  const keys = known.map(({ key }) => key);
  const errors: SettingError[] = [];
  const values: Record<string, unknown> = {};
  const given = new Map<string, GivenText>();
  const failed = new Set<string>();
  for (const [rank, { source, values: texts }] of layers.entries()) {
    for (const { key, name, text } of texts) {
      const setting = known.find((one) => one.key === key);
      if (setting === undefined) {
        // A name ends with its key: `outrider.io/proxy-uid`, `--proxy-uid`.
        const before = name.slice(0, name.length - key.length);
        const hint = errors.length < mostHints ? `: did you mean ${before}${nearest(key, keys)}?` : '';
        errors.push({ source, name, text, expected: `a known setting${hint}` });
        continue;
      }
      const result = setting.parse(text);
      if (result.ok) {
        values[setting.field] = result.value;
        given.set(setting.field, { source, name, text, rank });
      } else {
        failed.add(setting.field);
        errors.push({ source, name, text, expected: result.expected });
      }
    }
  }
  const settings = { ...defaults, ...values } as Settings;
  errors.push(...findContradictions(settings, { given, failed, scopes }));
  return errors.length === 0 ? { ok: true, settings } : { ok: false, errors, held: settings };
}

/** One line for a person: where, which key, which value, what was expected. */
export function describeError({ source, name, text, expected }: SettingError): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return `${source} ${name}: ${JSON.stringify(shown)} is not valid: expected ${expected}`;
}
