import { networkInterfaces } from 'node:os';
import { resolveFamilies } from '../settings/host-families.ts';
import { firstCandidate } from './backend/backend-choice.ts';
import { compareBackend } from './backend/backend-plan.ts';
import { blindSpot, takeSurvey } from './backend/survey.ts';
import { mayBeLeft, withoutUncapturable } from './backend/uncaptured.ts';
import { readResolvers } from './host.ts';
import { allFamilies } from './iptables/kernel.ts';
import type { Options } from './options.ts';
import { type Report, reportComparison } from './report.ts';
import { familiesWithRules, rulesOf } from './rules/rules.ts';

/**
 * Compares the kernel's rules with those of the settings, and changes nothing.
 * @throws InitError `tool-missing`, `family-missing` or `refused`
 */
export async function verify({ settings, backend, output }: Options): Promise<Report> {
  const interfaces = networkInterfaces();
  const asked = resolveFamilies(settings.ipFamilies, interfaces);
  const { result } = await withoutUncapturable(
    familiesWithRules(settings, asked, allFamilies()),
    mayBeLeft(settings, asked, interfaces),
    async (families) => {
      const rules = rulesOf(settings, asked, readResolvers());
      const others = allFamilies().filter((family) => !families.includes(family));
      const survey = await takeSurvey(backend, families, settings.redirectMode === 'tproxy', others);
      const problem = blindSpot(survey);
      if (problem !== undefined) throw problem;
      return compareBackend(firstCandidate(backend, survey), survey, (family) =>
        families.includes(family) ? rules(family) : [],
      );
    },
  );
  return reportComparison(result, output);
}
