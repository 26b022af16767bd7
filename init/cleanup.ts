import { planRemoval } from './backend/backend-plan.ts';
import { runPlans } from './backend/run-plans.ts';
import { blindSpot, takeSurvey } from './backend/survey.ts';
import { hasInterface } from './host.ts';
import { allFamilies } from './iptables/kernel.ts';
import { alone } from './lock.ts';
import type { Options } from './options.ts';
import { limitTime } from './process.ts';
import { type FamilyPlan, type Report, reportDryRun, reportRun } from './report.ts';
import { near, removeWire } from './validate/wire.ts';

/**
 * Removes all that is ours, in both families and all backends, going by what the kernel holds. A family that this
 * host does not have holds nothing.
 * @throws InitError `locked`, `tool-missing` when there is no program that could tell, or `refused`
 */
export async function cleanup(options: Options): Promise<Report> {
  const plans = await alone(options, () => remove(options));
  const report = options.dryRun ? reportDryRun : reportRun;
  return report('cleanup', plans, options.output);
}

/** What a run of `apply --validate` leaves when it is killed. */
const wireRemoval: FamilyPlan = {
  family: 'inet',
  steps: [{ family: 'inet', command: 'ip', args: ['-batch', '-'], input: removeWire }],
};

async function remove({ wait, dryRun }: Options): Promise<readonly FamilyPlan[]> {
  limitTime(wait + 10);
  const survey = await takeSurvey('auto', allFamilies(), true);
  const problem = blindSpot(survey);
  if (problem !== undefined) throw problem;
  const plans = [...planRemoval(survey, wait), ...(hasInterface(near.name) ? [wireRemoval] : [])];
  if (!dryRun) await runPlans(plans, survey);
  return plans;
}
