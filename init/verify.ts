import { networkInterfaces } from 'node:os';
import { resolveFamilies } from '../settings/host-families.ts';
import { firstCandidate } from './backend-choice.ts';
import { compareBackend } from './backend-plan.ts';
import { readResolvers } from './host.ts';
import type { Options } from './options.ts';
import { type Report, reportComparison } from './report.ts';
import { rulesFor } from './rules.ts';
import { blindSpot, takeSurvey } from './survey.ts';

/**
 * Compares the kernel's rules with those of the settings, and changes nothing.
 * @throws InitError `tool-missing`, `family-missing` or `refused`
 */
export function verify({ settings, backend, output }: Options): Report {
  const families = resolveFamilies(settings.ipFamilies, networkInterfaces());
  const resolvers = readResolvers();
  const survey = takeSurvey(backend, families, settings.redirectMode === 'tproxy');
  const problem = blindSpot(survey);
  if (problem !== undefined) throw problem;
  const comparisons = compareBackend(firstCandidate(backend, survey), survey, (family) =>
    rulesFor(settings, family, resolvers),
  );
  return reportComparison(comparisons, output);
}
