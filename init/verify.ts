import { networkInterfaces } from 'node:os';
import { resolveFamilies } from '../settings/host-families.ts';
import { readResolvers } from './host.ts';
import { readState } from './iptables.ts';
import type { Options } from './options.ts';
import { differences, isAbsent } from './plan.ts';
import { type Report, reportComparison } from './report.ts';
import { renderLines } from './rule-lines.ts';
import { rulesFor } from './rules.ts';

/**
 * Compares the kernel's rules with those of the settings, and changes nothing.
 * @throws InitError `tool-missing`, `family-missing` or `refused`
 */
export function verify({ settings, output }: Options): Report {
  const families = resolveFamilies(settings.ipFamilies, networkInterfaces());
  const routing = settings.redirectMode === 'tproxy' ? 'routing' : 'no-routing';
  const resolvers = readResolvers();
  const comparisons = families.map((family) => {
    const state = readState(family, routing);
    return {
      family,
      absent: isAbsent(state),
      differences: differences(rulesFor(settings, family, resolvers).flatMap(renderLines), state),
    };
  });
  return reportComparison(comparisons, output);
}
