import type { Parsed } from './result.ts';
import type { Settings } from './settings.ts';

/** Who may give a setting: an annotation (and so a flag of the same name), or the command line alone. */
export type Scope = 'annotation' | 'command';

/** What a setting shapes. A `rules` setting is a flag of `outrider-init` and travels in `OUTRIDER_CONFIG`. */
export type Shapes = 'rules' | 'proxy';

/** One setting: its key (annotation without prefix, or flag without dashes), and how its text becomes a value. */
export interface Setting<F extends keyof Settings = keyof Settings> {
  readonly key: string;
  readonly field: F;
  readonly scope: Scope;
  readonly shapes: Shapes;
  /** One line for `--help` and the documentation. */
  readonly help: string;
  readonly parse: (text: string) => Parsed<Settings[F]>;
  /** The text that `parse` reads back. */
  readonly format: (value: Settings[F]) => string;
}

export function setting<F extends keyof Settings>(
  key: string,
  field: F,
  scope: Scope,
  shapes: Shapes,
  kind: Pick<Setting<F>, 'parse' | 'format'>,
  help: string,
): Setting {
  return { key, field, scope, shapes, help, ...kind } as unknown as Setting;
}
