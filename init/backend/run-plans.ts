import { InitError } from '../init-error.ts';
import { run } from '../iptables/kernel.ts';
import { allOf, limitTime } from '../process.ts';
import type { FamilyPlan } from '../report.ts';
import { rollBack } from './roll-back.ts';
import type { Survey } from './survey.ts';

/** For leading back, in seconds. */
const undoSeconds = 15;

/**
 * Runs the plans as one change: those that write side by side, and behind them those that remove what others hold. When
 * a step is refused, what runs beside it comes to its end, and all is led back to what the survey found.
 * @throws InitError `tool-missing` or `refused`, with the tool's own words and what was rolled back
 */
export async function runPlans(plans: readonly FamilyPlan[], survey: Survey): Promise<void> {
  try {
    await allOf(plans.filter(({ removes }) => removes === undefined).map(runPlan));
    for (const plan of plans.filter(({ removes }) => removes !== undefined)) await runPlan(plan);
  } catch (cause) {
    if (!(cause instanceof InitError)) throw cause;
    // What the deadline cut short has to be led back all the same.
    limitTime(undoSeconds);
    const message = [cause.message, ...(await rollBack(survey, plans))].join('\n');
    throw new InitError(cause.code, message, { cause, family: cause.family });
  }
}

async function runPlan({ steps }: FamilyPlan): Promise<void> {
  for (const step of steps) await run(step.family, step);
}
