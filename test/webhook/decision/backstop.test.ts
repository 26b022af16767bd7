import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { backstopPaths } from '../../../webhook/server/app.ts';
import type { AnyPod } from '../pods.ts';
import type { LabelSelector } from './label-selector.ts';
import { whether } from './whether.ts';

const text = (name: string): string =>
  readFileSync(new URL(`../../../manifests/${name}`, import.meta.url), 'utf8');

const { webhooks } = parse(text('webhook-configuration.yaml'), { merge: true });
const [policy, ...bindings] = parseAllDocuments(text('backstop.yaml')).map((document) => document.toJS());

/** What its expressions mean is tested in test/cluster, where a real API server evaluates them. */
describe('the policy behind the webhooks', () => {
  it('has one binding for each webhook, with the same selectors but for the revision: it looks at pods of all', () => {
    const selectors = ({ namespaceSelector, objectSelector }: Record<string, LabelSelector>) => ({
      namespaceSelector: whether(namespaceSelector ?? {}),
      objectSelector: whether(objectSelector ?? {}),
    });
    expect(bindings.map(({ spec }) => selectors(spec.matchResources))).to.deep.equal(webhooks.map(selectors));
    for (const { spec } of bindings) {
      expect(spec).to.deep.include({ policyName: policy.metadata.name, validationActions: ['Deny'] });
    }
  });

  it('has the conditions of the webhooks, but for injected pods of the network of the node, and their rules', () => {
    for (const { matchConditions, rules, matchPolicy } of webhooks) {
      const [network, ...others] = matchConditions;
      expect(network.name).to.equal('pod-network');
      const orInjected = {
        name: 'pod-network-or-injected',
        expression: `${network.expression} || object.spec.?initContainers.orValue([]).exists(one, one.name == 'outrider-init')`,
      };
      expect(policy.spec.matchConditions).to.deep.equal([orInjected, ...others]);
      expect(policy.spec.matchConstraints).to.deep.equal({ matchPolicy, resourceRules: rules });
    }
  });

  it('fails closed', () => {
    expect(policy.spec.failurePolicy).to.equal('Fail');
  });
});

describe('the webhooks in place of the policy, for Kubernetes 1.29', () => {
  const component = parse(text('kubernetes-1.29/backstop.yaml'), { merge: true });

  it('are those of the webhook configuration, at paths of their own', () => {
    const expected = webhooks.map(({ reinvocationPolicy: _, ...webhook }: AnyPod) => ({
      ...webhook,
      matchConditions: policy.spec.matchConditions,
      name: webhook.name.replace('.outrider.io', '.backstop.outrider.io'),
      clientConfig: {
        service: {
          ...webhook.clientConfig.service,
          path: webhook.clientConfig.service.path.replace('/mutate/', '/validate/'),
        },
      },
    }));
    expect(component.webhooks).to.deep.equal(expected);
    expect(component.webhooks.map(({ clientConfig }: AnyPod) => clientConfig.service.path)).to.deep.equal(
      Object.values(backstopPaths),
    );
  });
});
