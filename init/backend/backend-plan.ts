import type { Family } from '../../settings/cidr.ts';
import type { Difference } from '../iptables/comparison.ts';
import {
  differences,
  type FamilyState,
  hostWithout,
  isAbsent,
  planApply,
  planCleanup,
} from '../iptables/plan.ts';
import { planHost } from '../iptables/routing.ts';
import { renderLines } from '../iptables/rule-lines.ts';
import { planTable, planTableRemoval, tableDifferences } from '../nftables/plan.ts';
import { nftChains } from '../nftables/script.ts';
import type { FamilyComparison, FamilyPlan } from '../report.ts';
import { ruleText } from '../rules/chains.ts';
import type { Rule } from '../rules/rule.ts';
import type { Backend } from './backend.ts';
import type { Survey } from './survey.ts';

export type RulesOf = (family: Family) => readonly Rule[];

/**
 * The steps after which `backend` alone holds the rules. Those of other backends are removed when the new ones are in
 * place: in between both redirect, and to the same ports.
 */
export function planBackend(
  backend: Backend,
  survey: Survey,
  rules: RulesOf,
  wait: number,
): readonly FamilyPlan[] {
  const { hosts, iptables, table } = survey;
  const plans: readonly FamilyPlan[] =
    backend === 'nftables'
      ? [
          {
            family: 'inet',
            steps: planTable(chainsOf(survey, rules), table, hosts, capturedOf(survey, rules)),
          },
        ]
      : iptables[backend].map((state) => ({
          family: state.family,
          steps: planApply(linesOf(state, rules), state, wait),
        }));
  const asked = familiesOf(survey, rules);
  const told = plans.filter(
    ({ family, steps }) => family === 'inet' || asked.includes(family) || steps.length > 0,
  );
  return [...told, ...planOthersRemoval(backend, survey, wait)];
}

function planOthersRemoval(kept: Backend, { iptables, table }: Survey, wait: number): readonly FamilyPlan[] {
  const others = (['nft', 'legacy'] as const).flatMap((backend) =>
    iptables[backend].map(
      (state): FamilyPlan => ({
        family: state.family,
        removes: backend,
        // The address and the routes are those of the backend that stays.
        steps: backend === kept ? [] : planCleanup({ ...state, ...hostWithout(state.family) }, wait),
      }),
    ),
  );
  const ofTable = kept === 'nftables' ? [] : planTableRemoval(table);
  return [...others, { family: 'inet' as const, removes: 'nftables' as const, steps: ofTable }].filter(
    ({ steps }) => steps.length > 0,
  );
}

/** The steps after which nothing of ours is left in any backend. */
export function planRemoval({ hosts, iptables, table }: Survey, wait: number): readonly FamilyPlan[] {
  const states = [...iptables.nft, ...iptables.legacy.filter((state) => !isAbsent(state))];
  const plans = states.map((state, index): FamilyPlan => {
    // The first one of each family takes the address and the routes with it.
    const first = states.findIndex(({ family }) => family === state.family) === index;
    return {
      family: state.family,
      steps: planCleanup(first ? state : { ...state, ...hostWithout(state.family) }, wait),
      ...(state.variant === '-legacy' && { removes: 'legacy' as const }),
    };
  });
  const left = hosts.filter(({ family }) => !states.some((state) => state.family === family));
  const rest = [
    ...left.flatMap((host) => planHost(hostWithout(host.family), host, host.family).removal),
    ...planTableRemoval(table),
  ];
  return [
    ...plans,
    ...(rest.length > 0 ? [{ family: 'inet' as const, removes: 'nftables' as const, steps: rest }] : []),
  ];
}

/** What is not as wanted in `backend`, and what other backends hold beside it. */
export function compareBackend(
  backend: Backend,
  survey: Survey,
  rules: RulesOf,
): readonly FamilyComparison[] {
  const { hosts, iptables, table } = survey;
  const foreign = (state: FamilyState): readonly Difference[] =>
    [...state.jumps, ...state.rules].map((rule) => ({
      kind: 'extra',
      line: `${state.variant === '-legacy' ? 'legacy' : 'nft'}: ${ruleText(rule)}`,
    }));
  const others = (family: Family): readonly Difference[] => [
    ...(['nft', 'legacy'] as const).flatMap((one) =>
      one === backend ? [] : iptables[one].filter((state) => state.family === family).flatMap(foreign),
    ),
    ...(backend !== 'nftables' && table !== undefined
      ? [{ kind: 'extra', line: 'nftables: table inet outrider' } as const]
      : []),
  ];
  if (backend !== 'nftables') {
    const asked = familiesOf(survey, rules);
    const compared = iptables[backend].map((state) => {
      const surplus = others(state.family);
      return {
        family: state.family,
        absent: asked.includes(state.family) && isAbsent(state) && surplus.length === 0,
        differences: [...differences(linesOf(state, rules), state), ...surplus],
      };
    });
    return compared.filter(({ family, differences }) => asked.includes(family) || differences.length > 0);
  }
  const surplus = hosts.flatMap(({ family }) => others(family));
  return [
    {
      family: 'inet',
      absent: table === undefined && surplus.length === 0,
      differences: [
        ...tableDifferences(chainsOf(survey, rules), table, hosts, capturedOf(survey, rules)),
        ...surplus,
      ],
    },
  ];
}

const chainsOf = ({ hosts }: Survey, rules: RulesOf) =>
  nftChains(
    hosts.map(({ family }) => ({ family, rules: rules(family) })).filter((one) => one.rules.length > 0),
  );
/** Those that get rules. */
const familiesOf = ({ hosts }: Survey, rules: RulesOf): readonly Family[] =>
  hosts.map(({ family }) => family).filter((family) => rules(family).length > 0);
/** Those of them that are not just closed. */
const capturedOf = (survey: Survey, rules: RulesOf): readonly Family[] =>
  familiesOf(survey, rules).filter((family) => rules(family).some(({ table }) => table === 'nat'));
const linesOf = ({ family }: FamilyState, rules: RulesOf) => rules(family).flatMap(renderLines);
