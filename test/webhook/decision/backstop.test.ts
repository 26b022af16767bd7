import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';

const text = (name: string): string =>
  readFileSync(new URL(`../../../manifests/${name}`, import.meta.url), 'utf8');

const { webhooks } = parse(text('webhook-configuration.yaml'), { merge: true });
const [policy, ...bindings] = parseAllDocuments(text('backstop.yaml')).map((document) => document.toJS());

/** What its expressions mean is tested in test/cluster, where a real API server evaluates them. */
describe('the policy behind the webhooks', () => {
  it('has one binding for each webhook, with the same selectors', () => {
    const selectors = ({ namespaceSelector, objectSelector }: Record<string, unknown>) => ({
      namespaceSelector,
      objectSelector,
    });
    expect(bindings.map(({ spec }) => selectors(spec.matchResources))).to.deep.equal(webhooks.map(selectors));
    for (const { spec } of bindings) {
      expect(spec).to.deep.include({ policyName: policy.metadata.name, validationActions: ['Deny'] });
    }
  });

  it('has the conditions of the webhooks, and their rules', () => {
    for (const { matchConditions, rules, matchPolicy } of webhooks) {
      expect(policy.spec.matchConditions).to.deep.equal(matchConditions);
      expect(policy.spec.matchConstraints).to.deep.equal({ matchPolicy, resourceRules: rules });
    }
  });

  it('fails closed', () => {
    expect(policy.spec.failurePolicy).to.equal('Fail');
  });
});
