import { readFileSync } from 'node:fs';
import {
  AdmissionregistrationV1WebhookClientConfig,
  V1MutatingWebhook,
  V1ValidatingWebhook,
} from '@kubernetes/client-node';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';

const file = new URL('../../../manifests/certificates-policy.yaml', import.meta.url);
const [policy] = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());

interface Described {
  getAttributeTypeMap(): { readonly name: string }[];
}
const fieldsOf = (...types: Described[]): string[] => [
  ...new Set(types.flatMap((type) => type.getAttributeTypeMap().map(({ name }) => name))),
];

describe('the policy of caBundle', () => {
  const [{ expression }] = policy.spec.validations;
  const compared = (pattern: RegExp): string[] =>
    [...expression.matchAll(pattern)].map(([, field = '']) => field).sort();

  it('compares every field that a webhook of this version of Kubernetes has', () => {
    const fields = compared(/was\.\??(\w+) == one\.\??\1(?!\w)/g);
    const all = fieldsOf(V1MutatingWebhook, V1ValidatingWebhook);
    expect([...fields, 'clientConfig'].sort()).to.deep.equal(all.sort());
  });

  it('compares every field of how it is called, but for caBundle', () => {
    const fields = compared(/was\.\?clientConfig\.\?(\w+) == one\.\?clientConfig\.\?\1(?!\w)/g);
    const all = fieldsOf(AdmissionregistrationV1WebhookClientConfig);
    expect([...fields, 'caBundle'].sort()).to.deep.equal(all.sort());
  });
});
