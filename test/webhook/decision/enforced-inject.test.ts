import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { pod, review } from '../pods.ts';
import { whether } from './whether.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../../manifests/${file}`, import.meta.url), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: manifests as they are written.
type Manifest = any;

const policies: Manifest[] = parseAllDocuments(read('enforced-inject.yaml')).map((document) =>
  document.toJS(),
);
const configuration: Manifest = parse(read('webhook-configuration.yaml'), { merge: true });
const enabledNamespace: Manifest = configuration.webhooks[0];

const messages: Readonly<Record<string, string>> = {
  'outrider-inject-enforced-by-namespace': 'namespace annotation outrider.io/enforced',
  'outrider-inject-enforced-by-cluster': 'ConfigMap outrider-config',
};

describe('the policies by which the API server denies an opt-out', () => {
  for (const { metadata, spec } of policies.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')) {
    it(`look at the pods that the webhook would inject if they did not opt out: ${metadata.name}`, () => {
      expect(enabledNamespace.clientConfig.service.path).to.equal('/mutate/enabled-namespace');
      expect(spec.matchConstraints).to.deep.include({
        resourceRules: enabledNamespace.rules,
        namespaceSelector: whether(enabledNamespace.namespaceSelector),
        objectSelector: { matchLabels: { 'outrider.io/inject': 'false' } },
      });
      expect(spec.matchConditions).to.deep.equal(enabledNamespace.matchConditions);
    });

    it(`say the same as the decision: ${metadata.name}`, () => {
      const optedOut = pod({ metadata: { labels: { 'outrider.io/inject': 'false' } } });
      const by = messages[metadata.name] ?? '';
      const enforced = { by, keys: ['inject'] };
      const config = { layer: { source: by, values: [] }, enforced };
      const { answer } = review(optedOut, { injector: { config } });
      expect(answer).to.deep.equal({ kind: 'denied', message: spec.validations[0].message });
      expect(spec.validations).to.have.lengthOf(1);
    });

    it(`are bound, and deny: ${metadata.name}`, () => {
      const bindings = policies.filter(({ spec }) => spec.policyName === metadata.name);
      expect(bindings.map(({ spec }) => spec.validationActions)).to.deep.equal([['Deny']]);
    });
  }
});
