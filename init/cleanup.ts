import type { Family } from '../settings/cidr.ts';
import { InitError } from './init-error.ts';
import { readState, runSteps } from './iptables.ts';
import type { Options } from './options.ts';
import { type FamilyState, planCleanup } from './plan.ts';
import { type Report, reportDryRun, reportRun } from './report.ts';

/**
 * Removes all that is ours, in both families, going by what the kernel holds. A family that this host does not have
 * holds nothing.
 * @throws InitError `tool-missing` when there is no iptables at all, or `refused`
 */
export function cleanup({ wait, dryRun, output }: Options): Report {
  const states = presentStates();
  const plans = states.map((state) => ({ family: state.family, steps: planCleanup(state, wait) }));
  if (dryRun) return reportDryRun('cleanup', plans, output);
  runSteps(
    plans.flatMap(({ steps }) => steps),
    states,
    wait,
  );
  return reportRun('cleanup', plans, output);
}

function presentStates(): readonly FamilyState[] {
  const absent: InitError[] = [];
  const states = (['ipv4', 'ipv6'] as const).flatMap((family: Family) => {
    try {
      return [readState(family, 'routing')];
    } catch (error) {
      if (!(error instanceof InitError) || error.code === 'refused') throw error;
      absent.push(error);
      return [];
    }
  });
  const [reason] = absent;
  if (states.length === 0 && reason !== undefined) throw reason;
  return states;
}
