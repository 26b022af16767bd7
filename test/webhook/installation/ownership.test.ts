import { expect } from 'chai';
import { isApplied, isConflictOfKubectl, takeFromKubectl } from '../../../webhook/installation/ownership.ts';

const time = '2026-06-01T00:00:00Z';
const entry = (manager: string, operation: string, fieldsV1: object, more = {}) => ({
  ...{ manager, operation, apiVersion: 'apps/v1', time, fieldsType: 'FieldsV1', fieldsV1 },
  ...more,
});
const object = (...managedFields: object[]) => ({ metadata: { name: 'outrider-webhook', managedFields } });

const replicas = { 'f:spec': { 'f:replicas': {} } };
const strategy = { 'f:spec': { 'f:strategy': { 'f:type': {} } } };
const scaled = entry('kubectl', 'Update', replicas, { subresource: 'scale' });
const status = entry('kube-controller-manager', 'Update', { 'f:status': {} }, { subresource: 'status' });

describe('the fields of an object that kubectl has applied', () => {
  it('are ours afterwards, and those of others stay', () => {
    expect(
      takeFromKubectl(object(entry('kubectl-client-side-apply', 'Update', strategy), scaled, status)),
    ).to.deep.equal([scaled, status, entry('outrider', 'Apply', strategy)]);
  });

  it('come to those that are ours already, each once', () => {
    const annotations = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:a': {} } } };
    const ours = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:b': {} } }, ...replicas };
    expect(
      takeFromKubectl(
        object(
          entry('outrider', 'Apply', ours),
          entry('kubectl', 'Apply', annotations),
          entry('kubectl-client-side-apply', 'Update', strategy),
        ),
      ),
    ).to.deep.equal([
      entry('outrider', 'Apply', {
        'f:metadata': { 'f:annotations': { '.': {}, 'f:a': {}, 'f:b': {} } },
        'f:spec': { 'f:replicas': {}, 'f:strategy': { 'f:type': {} } },
      }),
    ]);
  });

  it('are left alone where kubectl has applied nothing, whatever else it has done', () => {
    const edited = entry('kubectl-edit', 'Update', strategy);
    expect(takeFromKubectl(object(entry('outrider', 'Apply', replicas), scaled, edited))).to.equal(undefined);
    expect(takeFromKubectl({})).to.equal(undefined);
  });

  it('tell whether we have applied it', () => {
    expect(isApplied(object(entry('outrider', 'Apply', {})))).to.equal(true);
    // The ConfigMap, whose keys are merged.
    expect(isApplied(object(entry('outrider', 'Update', {})))).to.equal(false);
  });

  /** What the API server of Kubernetes 1.35 says, in whole. */
  for (const [said, expected] of [
    [
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
      true,
    ],
    [
      'Apply failed with 2 conflicts: conflicts with "kubectl":\n- .spec.replicas\n- .spec.strategy.type',
      true,
    ],
    [
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
      false,
    ],
    [
      'Apply failed with 2 conflicts: conflicts with "kubectl-client-side-apply" using apps/v1:\n- .spec.replicas\nconflicts with "argocd-controller":\n- .spec.strategy.type',
      false,
    ],
    ['the object has been modified; please apply your changes to the latest version and try again', false],
  ] as const) {
    it(`are in conflict with kubectl's apply alone, or not: ${said.split('\n').join(' ')}`, () => {
      expect(isConflictOfKubectl(said)).to.equal(expected);
    });
  }
});
