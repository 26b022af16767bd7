import { networkInterfaces } from 'node:os';
import { familiesOfHost, resolveFamilies } from '../settings/host-families.ts';
import { firstCandidate } from './backend/backend-choice.ts';
import { compareBackend } from './backend/backend-plan.ts';
import { blindSpot, takeSurvey } from './backend/survey.ts';
import { dispensable, withoutUncapturable } from './backend/uncaptured.ts';
import { readResolvers } from './host.ts';
import { InitError } from './init-error.ts';
import { allFamilies } from './iptables/kernel.ts';
import type { Options } from './options.ts';
import { type Report, reportComparison } from './report.ts';
import { rulesFor } from './rules/rules.ts';

/**
 * Compares the kernel's rules with those of the settings, and changes nothing.
 * @throws InitError `tool-missing`, `family-missing` or `refused`
 */
export async function verify({ settings, backend, output }: Options): Promise<Report> {
  const interfaces = networkInterfaces();
  const { result } = await withoutUncapturable(
    resolveFamilies(settings.ipFamilies, interfaces),
    (error, families) =>
      error instanceof InitError
        ? dispensable(error, families, familiesOfHost(interfaces), settings.allowUncapturedFamily)
        : undefined,
    async (asked) => {
      const resolvers = readResolvers();
      const others = allFamilies().filter((family) => !asked.includes(family));
      const survey = await takeSurvey(backend, asked, settings.redirectMode === 'tproxy', others);
      const problem = blindSpot(survey);
      if (problem !== undefined) throw problem;
      return compareBackend(firstCandidate(backend, survey), survey, (family) =>
        asked.includes(family) ? rulesFor(settings, family, resolvers) : [],
      );
    },
  );
  return reportComparison(result, output);
}
