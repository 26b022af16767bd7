import { networkInterfaces } from 'node:os';
import { resolveFamilies } from '../../settings/host-families.ts';
import type { Options } from '../options.ts';
import { rulesFor } from '../rules/rules.ts';
import { describeFinding } from './finding.ts';
import { lint } from './lint.ts';

/** What of the settings has no effect, a line each. */
export function warnings({ settings }: Options): readonly string[] {
  const families = resolveFamilies(settings.ipFamilies, networkInterfaces());
  const wanted = families.map((family) => ({ family, rules: rulesFor(settings, family) }));
  return lint(settings, wanted).map((finding) => `warning: ${describeFinding(finding)}`);
}
