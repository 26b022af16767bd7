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
export function rollBack(
  { hosts, iptables, table }: Survey,
  plans: readonly FamilyPlan[],
): readonly string[] {
  const steps = plans.flatMap((plan) => plan.steps);
  const touched = [...iptables.nft, ...iptables.legacy].filter(({ family, variant }) =>
    steps.some((step) => step.family === family && step.command.endsWith(`${variant}-restore`)),
  );
  return [
    ...(steps.some(({ command }) => command === 'nft') ? told(() => undoTable(table)) : []),
    ...touched.flatMap((state) => told(() => undoRules(state))),
    ...hosts.flatMap((host) => told(() => undoHost(host))),
  ];
}

function undoTable(before: Survey['table']): readonly Step[] {
  const same = JSON.stringify(readOurTable()) === JSON.stringify(before);
  return same ? [] : [planTableUndo(before)];
}

function undoRules(before: FamilyState): readonly Step[] {
  const { family, variant, passthroughAddress, routingRules, route } = before;
  const host = { passthroughAddress, routingRules, route };
  return planUndo(before, { family, variant, ...host, ...readSaved(family, variant).saved }, 5);
}

function undoHost(before: Survey['hosts'][number]): readonly Step[] {
  const { removal, addition } = planHost(before, readHost(before.family, true), before.family);
  return [...removal, ...addition];
}

function told(plan: () => readonly Step[]): readonly string[] {
  try {
    const steps = plan();
    for (const step of steps) run(step.family, step);
    return steps.map(({ family, command }) => `${family}: rolled back: ${command}`);
  } catch (error) {
    return [`not rolled back: ${(error as Error).message}`];
  }
}
