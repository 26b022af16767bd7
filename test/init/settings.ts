import { parseOptions } from '../../init/options.ts';
import type { Settings } from '../../settings/settings.ts';

/** Settings from the flags of `outrider-init`, without their dashes. */
export const settingsOf = (flags: Readonly<Record<string, string>>): Settings =>
  parseOptions('apply', new Map(Object.entries(flags)), {}).settings;
