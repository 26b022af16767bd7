import { networkInterfaces } from 'node:os';
import { resolveFamilies } from '../../settings/host-families.ts';
import type { Finding } from '../../settings/lint/finding.ts';
import type { Options } from '../options.ts';
import { rulesFor } from '../rules/rules.ts';
import { lint } from './lint.ts';

/** What of the settings has no effect on this host. */
export function findingsOf({ settings }: Options): readonly Finding[] {
  const families = resolveFamilies(settings.ipFamilies, networkInterfaces());
  const wanted = families.map((family) => ({ family, rules: rulesFor(settings, family) }));
  return lint(settings, wanted);
}
