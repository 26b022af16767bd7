import { InitError } from '../init-error.ts';
import { probe } from '../iptables/kernel.ts';
import type { Step } from '../iptables/plan.ts';
import { allOf } from '../process.ts';
import type { FamilyPlan } from '../report.ts';
import { type Backend, type BackendChoice, candidates } from './backend.ts';
import type { Survey } from './survey.ts';

/** The backend that `verify` compares with: the one that a run of apply would write to. */
export function firstCandidate(choice: BackendChoice, survey: Survey): Backend {
  const [first] = candidates(choice, survey.findings);
  const problem = survey.problems.get(first ?? 'nft');
  if (first === undefined || problem !== undefined) throw problem ?? noBackend();
  return first;
}

/**
 * The plan of the first backend whose every step the kernel would take, as far as it is asked.
 * @throws InitError of the first one when none is left
 */
export async function firstUsablePlan(
  choice: BackendChoice,
  survey: Survey,
  plan: (backend: Backend) => readonly FamilyPlan[],
  dryRun: boolean,
): Promise<readonly FamilyPlan[]> {
  firstCandidate(choice, survey);
  const order = candidates(choice, survey.findings);
  const errors: InitError[] = [];
  for (const backend of order) {
    const plans = plan(backend);
    try {
      const steps = plans.flatMap((one) => (one.removes === undefined ? one.steps : []));
      const last = backend === order.at(-1);
      await allOf(steps.filter((step) => isAsked(step, last, dryRun)).map(probe));
      return plans;
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      errors.push(error);
    }
  }
  throw errors[0] ?? noBackend();
}

/**
 * Whether the kernel is asked for what a step needs before it is run. On a dry run only by iptables-nft, which asks by
 * name: the older iptables would make its tables, and nft prepares all of the transaction, if only to throw it away.
 */
function isAsked({ command }: Step, last: boolean, dryRun: boolean): boolean {
  if (dryRun) return command.endsWith('-nft-restore');
  // One transaction of nft holds both families: when nothing stands to be tried after it, it is its own probe.
  return command.endsWith('-restore') || (command === 'nft' && !last);
}

const noBackend = (): InitError => new InitError('tool-missing', 'neither iptables nor nft is installed');
