import { networkInterfaces } from 'node:os';
import { resolveFamilies } from '../settings/host-families.ts';
import { readinessPath, readinessPort } from '../settings/names.ts';
import { readResolvers } from './host.ts';
import { readState, runSteps } from './iptables.ts';
import type { Options } from './options.ts';
import { planApply } from './plan.ts';
import { waitForProxy } from './readiness.ts';
import { type Report, reportDryRun, reportRun } from './report.ts';
import { renderLines } from './rule-lines.ts';
import { rulesFor } from './rules.ts';

/**
 * Makes the kernel's rules those of the settings, in all families or in none. Changes nothing where they are already.
 * @throws InitError `proxy-not-ready`, `tool-missing`, `family-missing` or `refused`
 */
export async function apply({ settings, waitProxy, wait, dryRun, output }: Options): Promise<Report> {
  const families = resolveFamilies(settings.ipFamilies, networkInterfaces());
  if (waitProxy > 0 && !dryRun) {
    const host = families.includes('ipv4') ? '127.0.0.1' : '::1';
    await waitForProxy({ host, port: readinessPort, path: readinessPath }, waitProxy);
  }
  const routing = settings.redirectMode === 'tproxy' ? 'routing' : 'no-routing';
  const resolvers = readResolvers();
  const states = families.map((family) => readState(family, routing));
  const plans = states.map((state) => ({
    family: state.family,
    steps: planApply(rulesFor(settings, state.family, resolvers).flatMap(renderLines), state, wait),
  }));
  if (dryRun) return reportDryRun('apply', plans, output);
  runSteps(
    plans.flatMap(({ steps }) => steps),
    states,
    wait,
  );
  return reportRun('apply', plans, output);
}
