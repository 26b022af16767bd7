import { expect } from 'chai';
import type { Family } from '../../../settings/cidr.ts';
import { type AnyPod, inject, review, type Surroundings, withServiceAccountToken } from '../pods.ts';
import { promises } from './promises.ts';
import { readScenarios, type Scenario } from './scenario.ts';
import { summarize } from './summary.ts';

const scenarios = readScenarios();

const surroundingsOf = ({ namespace: { name, ...rest } }: Scenario): Surroundings => ({
  namespace: name,
  ...rest,
});

const families: readonly (readonly Family[])[] = [['ipv4'], ['ipv6'], ['ipv4', 'ipv6']];

describe('the corpus', () => {
  it('has at least 150 scenarios, and each says why it is there and what must be seen', () => {
    expect(scenarios).to.have.lengthOf.at.least(150);
    for (const { name, why } of scenarios) expect(why, name).to.match(/^# .{30}/);
  });

  it('has no two scenarios for the same pod', () => {
    const seen = new Map<string, string>();
    for (const { name, pod, namespace } of scenarios) {
      const text = JSON.stringify([pod, namespace]);
      expect(seen.get(text), name).to.equal(undefined);
      seen.set(text, name);
    }
  });

  for (const scenario of scenarios) {
    const { name, pod, golden } = scenario;
    const around = surroundingsOf(scenario);

    it(`${name}: ${outcomeOf(golden)}`, () => {
      const verdict = review(pod, around);
      const isPatched = verdict.answer.kind === 'patched';
      expect(summarize(pod, verdict, isPatched ? inject(pod, around) : pod)).to.deep.equal(golden);
      expect(review(pod, around), 'the same again').to.deep.equal(verdict);
      if (!isPatched) return;
      for (const these of families) expectPromises(pod, { ...around, injector: { families: these } }, golden);
    });
  }
});

function outcomeOf(golden: Scenario['golden']): string {
  const [[outcome, reason] = []] = Object.entries(golden);
  return `${outcome} (${reason})`;
}

function expectPromises(before: AnyPod, around: Surroundings, { user = {} }: Scenario['golden']): void {
  const { answer } = review(before, around);
  if (answer.kind !== 'patched') throw new Error(answer.kind);
  const after = inject(before, around);
  for (const [promise, holds] of Object.entries(promises)) {
    try {
      holds({ before, after, operations: answer.operations }, Object.keys(user as object));
    } catch (error) {
      throw new Error(`broken promise: ${promise}`, { cause: error });
    }
  }
  const allowed = { kind: 'allowed' };
  expect(review(after, around).answer, 'a second time').to.deep.equal(allowed);
  expect(review(withServiceAccountToken(after), around).answer, 'after the token').to.deep.equal(allowed);
}
