import { readHost, readSaved, run } from '../iptables/kernel.ts';
import { type FamilyState, planUndo, type Step } from '../iptables/plan.ts';
import { planHost } from '../iptables/routing.ts';
import { readOurTable } from '../nftables/kernel.ts';
import { planTableUndo } from '../nftables/plan.ts';
import type { FamilyPlan } from '../report.ts';
import type { Survey } from './survey.ts';

/**
 * Leads back to what the survey found, as far as the plans reach, and tells what was done. What there is of ours is
 * read again: a step that was refused may have changed some of its tables.
 */
export async function rollBack(
  { hosts, iptables, table }: Survey,
  plans: readonly FamilyPlan[],
): Promise<readonly string[]> {
  const steps = plans.flatMap((plan) => plan.steps);
  const touched = [...iptables.nft, ...iptables.legacy].filter(({ family, variant }) =>
    steps.some((step) => step.family === family && step.command.endsWith(`${variant}-restore`)),
  );
  const plansBack = [
    ...(steps.some(({ command }) => command === 'nft') ? [() => undoTable(table)] : []),
    ...touched.map((state) => () => undoRules(state)),
    ...hosts.map((host) => () => undoHost(host)),
  ];
  const told: string[] = [];
  for (const planBack of plansBack) told.push(...(await undo(planBack)));
  return told;
}

async function undoTable(before: Survey['table']): Promise<readonly Step[]> {
  const same = JSON.stringify(await readOurTable()) === JSON.stringify(before);
  return same ? [] : [planTableUndo(before)];
}

async function undoRules(before: FamilyState): Promise<readonly Step[]> {
  const { family, variant, passthroughAddress, routingRules, route } = before;
  const host = { passthroughAddress, routingRules, route };
  const { saved } = await readSaved(family, variant);
  return planUndo(before, { family, variant, ...host, ...saved }, 5);
}

async function undoHost(before: Survey['hosts'][number]): Promise<readonly Step[]> {
  const { removal, addition } = planHost(before, await readHost(before.family, true), before.family);
  return [...removal, ...addition];
}

async function undo(plan: () => Promise<readonly Step[]>): Promise<readonly string[]> {
  try {
    const steps = await plan();
    for (const step of steps) await run(step.family, step);
    return steps.map(({ family, command }) => `${family}: rolled back: ${command}`);
  } catch (error) {
    return [`not rolled back: ${(error as Error).message}`];
  }
}
