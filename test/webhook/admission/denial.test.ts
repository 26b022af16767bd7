import { expect } from 'chai';
import { denialOf } from '../../../webhook/admission/denial.ts';
import type { JsonObject } from '../../../webhook/admission/json.ts';
import { pod } from '../pods.ts';

const owner = (fields: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'web-6c9d7f9b5c',
  uid: '0b7c6a1e',
  controller: true,
  ...fields,
});

const denial = (ownerReferences: unknown, message = 'outrider: no', namespace = 'shop') => {
  const object: JsonObject = pod({ metadata: { ownerReferences } });
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  return denialOf({ uid: 'u', operation: 'CREATE', namespace, kind, object }, message);
};

describe('the Event of a denial', () => {
  it('is about the controller that makes the pod', () => {
    const { name, ...rest } = denial([owner({ name: 'other', controller: false }), owner()]);
    expect(name).to.match(/^outrider\.[0-9a-f]{32}$/);
    expect(rest).to.deep.equal({
      namespace: 'shop',
      about: {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'web-6c9d7f9b5c',
        namespace: 'shop',
        uid: '0b7c6a1e',
      },
      reason: 'PodDenied',
      message: 'outrider: no',
    });
  });

  for (const [what, references] of [
    ['no owner', undefined],
    ['an owner that is no controller', [owner({ controller: undefined })]],
    ['an owner without a uid', [owner({ uid: undefined })]],
    ['an owner that is none', [null]],
    ['owners that are no list', 'me'],
  ] as const) {
    it(`is about the namespace where the pod has ${what}, and in it`, () => {
      expect(denial(references)).to.deep.include({
        namespace: 'shop',
        about: { apiVersion: 'v1', kind: 'Namespace', name: 'shop', namespace: 'shop' },
      });
    });
  }

  it('has one name for all pods of an owner that are denied for the same, and another for any other', () => {
    const names = [
      denial([owner()]),
      denial([owner()]),
      denial([owner({ uid: '1' })]),
      denial([owner()], 'outrider: why not'),
      denial(undefined),
      denial(undefined, undefined, 'other'),
    ].map(({ name }) => name);
    expect(names[0]).to.equal(names[1]);
    expect(new Set(names).size).to.equal(5);
  });
});
