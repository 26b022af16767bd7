import { networkInterfaces } from 'node:os';
import type { Family } from '../settings/cidr.ts';
import { resolveFamilies } from '../settings/host-families.ts';
import type { Finding } from '../settings/lint/finding.ts';
import { readinessPath, readinessPort } from '../settings/names.ts';
import { firstUsablePlan } from './backend/backend-choice.ts';
import { planBackend } from './backend/backend-plan.ts';
import { runPlans } from './backend/run-plans.ts';
import { blindSpot, takeSurvey } from './backend/survey.ts';
import { mayBeLeft, withoutUncapturable } from './backend/uncaptured.ts';
import { readResolvers } from './host.ts';
import { InitError } from './init-error.ts';
import { allFamilies } from './iptables/kernel.ts';
import { findingsOf } from './lint/findings.ts';
import { alone } from './lock.ts';
import type { Options } from './options.ts';
import { limitTime } from './process.ts';
import { waitForProxy } from './readiness.ts';
import { type FamilyPlan, type Report, reportDryRun, reportRun } from './report.ts';
import { familiesWithRules, rulesOf } from './rules/rules.ts';
import { assertProven } from './validate/assert-proven.ts';
import { validate } from './validate/validate.ts';

/** For what is not waiting for a lock, in seconds. */
const workSeconds = 10;

/**
 * Makes the kernel's rules those of the settings, in all families or in none. Changes nothing where they are already.
 * What an earlier run left in a family that is not asked for is removed. What of the settings has no effect is found,
 * and given to `tell`, while the proxy or the kernel is waited for.
 * @throws InitError `usage`, `proxy-not-ready`, `locked`, `tool-missing`, `family-missing`, `refused` or
 * `validation-failed`
 */
export async function apply(options: Options, tell: (findings: readonly Finding[]) => void): Promise<Report> {
  const { settings, waitProxy, dryRun } = options;
  if (dryRun && options.validate) {
    const why = 'a dry run writes no rules that connections could prove';
    throw new InitError('usage', `flag --validate: not together with --dry-run: ${why}`);
  }
  const interfaces = networkInterfaces();
  const asked = resolveFamilies(settings.ipFamilies, interfaces);
  let findings: readonly Finding[] | undefined;
  const lint = (): void => {
    if (findings !== undefined) return;
    findings = findingsOf(options);
    tell(findings);
  };
  if (waitProxy > 0 && !dryRun) {
    const host = asked.includes('ipv4') ? '127.0.0.1' : '::1';
    const waiting = waitForProxy({ host, port: readinessPort, path: readinessPath }, waitProxy);
    lint();
    await waiting;
  }
  const { result, open, proofs } = await alone(options, async () => {
    limitTime(options.wait + workSeconds);
    const outcome = await withoutUncapturable(
      familiesWithRules(settings, asked, allFamilies()),
      mayBeLeft(settings, asked, interfaces),
      (families) => change(options, asked, families, lint),
    );
    const captured = asked.filter((family) => !outcome.open.some((one) => one.family === family));
    return { ...outcome, proofs: options.validate ? await validate(settings, captured) : [] };
  });
  const report = (dryRun ? reportDryRun : reportRun)('apply', result, options.output, {
    findings: findings ?? [],
    ...(open.length > 0 && { open }),
    ...(proofs.length > 0 && { validation: proofs }),
  });
  assertProven(proofs, report.text);
  return report;
}

/** `families` get rules: those of them that are `asked` for are captured, another one is closed. */
async function change(
  { settings, backend, wait, dryRun }: Options,
  asked: readonly Family[],
  families: readonly Family[],
  meanwhile: () => void,
): Promise<readonly FamilyPlan[]> {
  const others = allFamilies().filter((family) => !families.includes(family));
  const surveying = takeSurvey(backend, families, settings.redirectMode === 'tproxy', others);
  const rules = rulesOf(settings, asked, readResolvers());
  const wanted = new Map(families.map((family) => [family, rules(family)]));
  meanwhile();
  const survey = await surveying;
  const problem = blindSpot(survey);
  if (problem !== undefined) throw problem;
  const plans = await firstUsablePlan(
    backend,
    survey,
    (one) => planBackend(one, survey, (family) => wanted.get(family) ?? [], wait),
    dryRun,
  );
  if (!dryRun) await runPlans(plans, survey);
  return plans;
}
