import { networkInterfaces } from 'node:os';
import { resolveFamilies } from '../settings/host-families.ts';
import { readinessPath, readinessPort } from '../settings/names.ts';
import { firstUsablePlan } from './backend-choice.ts';
import { planBackend } from './backend-plan.ts';
import { readResolvers } from './host.ts';
import { runSteps } from './iptables.ts';
import type { Options } from './options.ts';
import { waitForProxy } from './readiness.ts';
import { type Report, reportDryRun, reportRun } from './report.ts';
import { rollBack } from './roll-back.ts';
import { rulesFor } from './rules.ts';
import { blindSpot, takeSurvey } from './survey.ts';

/**
 * Makes the kernel's rules those of the settings, in all families or in none. Changes nothing where they are already.
 * @throws InitError `proxy-not-ready`, `tool-missing`, `family-missing` or `refused`
 */
export async function apply(options: Options): Promise<Report> {
  const { settings, backend, waitProxy, wait, dryRun, output } = options;
  const families = resolveFamilies(settings.ipFamilies, networkInterfaces());
  if (waitProxy > 0 && !dryRun) {
    const host = families.includes('ipv4') ? '127.0.0.1' : '::1';
    await waitForProxy({ host, port: readinessPort, path: readinessPath }, waitProxy);
  }
  const resolvers = readResolvers();
  const survey = takeSurvey(backend, families, settings.redirectMode === 'tproxy');
  const problem = blindSpot(survey);
  if (problem !== undefined) throw problem;
  const plans = firstUsablePlan(backend, survey, (one) =>
    planBackend(one, survey, (family) => rulesFor(settings, family, resolvers), wait),
  );
  if (dryRun) return reportDryRun('apply', plans, output);
  runSteps(
    plans.flatMap(({ steps }) => steps),
    () => rollBack(survey, plans),
  );
  return reportRun('apply', plans, output);
}
