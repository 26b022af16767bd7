import { expect } from 'chai';
import type { Owner } from '../../../webhook/audit/owners.ts';
import { nextStep } from '../../../webhook/audit/restart.ts';
import { readWorkload } from '../../../webhook/audit/workload.ts';
import type { AnyPod } from '../pods.ts';
import { finding } from './found.ts';

const now = new Date('2026-06-01T12:00:00Z');

/** A Deployment of four pods that has nothing to do; `spec` and the like are merged over it. */
const deployment = ({ metadata = {}, spec = {}, status = {}, restarted = '' } = {}): AnyPod => ({
  metadata: { resourceVersion: '7', generation: 2, ...metadata },
  spec: {
    replicas: 4,
    template: {
      metadata: {
        labels: { app: 'web' },
        annotations: restarted === '' ? {} : { 'kubectl.kubernetes.io/restartedAt': restarted },
      },
    },
    ...spec,
  },
  status: { observedGeneration: 2, replicas: 4, updatedReplicas: 4, availableReplicas: 4, ...status },
});
const statefulSet = (spec: object, status: object = {}): AnyPod => ({
  metadata: { resourceVersion: '7', generation: 1 },
  spec: { replicas: 2, template: { metadata: { labels: { app: 'db' } } }, ...spec },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, ...status },
});
const budget = (
  disruptionsAllowed: number,
  selector: object | undefined = { matchLabels: { app: 'web' } },
) => ({
  metadata: { name: 'web', generation: 1 },
  spec: { selector },
  status: { observedGeneration: 1, disruptionsAllowed },
});

const forbidden = 'told: the PodDisruptionBudget web does not allow so many of its pods to be away';

function step(
  object: AnyPod,
  { kind = 'Deployment' as Owner['kind'], budgets = [] as AnyPod[] } = {},
): string {
  const owner = { kind, namespace: 'shop', name: 'web' };
  const ailing = { owner, reason: 'missing: no proxy', findings: [finding()] };
  const next = nextStep(ailing, readWorkload(kind, object), budgets, now);
  switch (next.kind) {
    case 'restart':
      return 'restart';
    case 'evict':
      return `evict ${next.pod} ${next.uid}`;
    case 'wait':
      return `${next.told ? 'told' : 'quiet'}: ${next.message}`;
  }
}

describe('the next step for a workload whose pods have to be made anew', () => {
  it('is its restart where nothing stands against it', () => {
    expect(step(deployment())).to.equal('restart');
    expect(step(statefulSet({}), { kind: 'StatefulSet' })).to.equal('restart');
    const daemonSet = {
      metadata: { generation: 1 },
      spec: {},
      status: {
        ...{ observedGeneration: 1, desiredNumberScheduled: 3, currentNumberScheduled: 3 },
        ...{ updatedNumberScheduled: 3, numberAvailable: 3 },
      },
    };
    expect(step(daemonSet, { kind: 'DaemonSet' })).to.equal('restart');
  });

  it('waits while a rollout goes on, or is not seen yet, or pods are not ready', () => {
    const message = 'quiet: its rollout is not done, or not all of its pods are ready';
    for (const status of [
      { updatedReplicas: 3 },
      { availableReplicas: 3 },
      { replicas: 5 },
      { observedGeneration: 1 },
    ]) {
      expect(step(deployment({ status })), JSON.stringify(status)).to.equal(message);
    }
    expect(step(statefulSet({}, { readyReplicas: 1 }), { kind: 'StatefulSet' })).to.equal(message);
  });

  it('waits for a person where the rollout is paused, or a partition keeps pods', () => {
    expect(step(deployment({ spec: { paused: true } }))).to.equal('told: its rollout is paused');
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
    expect(step(statefulSet({ updateStrategy }), { kind: 'StatefulSet' })).to.equal(
      'told: a partition keeps some of its pods as they are',
    );
  });

  it('waits for an hour after the last restart, whoever that was', () => {
    const message = 'quiet: it was restarted less than an hour ago';
    expect(step(deployment({ restarted: '2026-06-01T11:00:01Z' }))).to.equal(message);
    expect(step(deployment({ restarted: '2026-06-01T11:00:00Z' }))).to.equal('restart');
  });

  it('is none where a restart did not heal the same, and a restart where it is something else', () => {
    const gaveUp = (reason: string) =>
      deployment({ metadata: { annotations: { 'outrider.io/restart-did-not-heal': reason } } });
    expect(step(gaveUp('missing: no proxy'))).to.equal('quiet: a restart did not heal it');
    expect(step(gaveUp('outdated: an old proxy'))).to.equal('restart');
  });

  it('is the eviction of one pod where the strategy is OnDelete, and a budget allows one', () => {
    const onDelete = statefulSet({ updateStrategy: { type: 'OnDelete' } }, { updatedReplicas: 0 });
    const by = (allowed: number) => step(onDelete, { kind: 'StatefulSet', budgets: [budget(allowed, {})] });
    expect(by(1)).to.equal('evict web-1 u-1');
    expect(by(0)).to.equal(forbidden);
  });
});

describe('a PodDisruptionBudget', () => {
  it('has a restart wait where none of the pods may be away', () => {
    expect(step(deployment(), { budgets: [budget(0)] })).to.equal(forbidden);
    expect(step(deployment(), { budgets: [budget(1)] })).to.equal('restart');
    const surge = { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } };
    expect(step(deployment({ spec: surge }), { budgets: [budget(0)] })).to.equal(forbidden);
  });

  it('has it wait where fewer may be away than the strategy takes at once', () => {
    const of = (strategy: object, allowed: number) =>
      step(deployment({ spec: { strategy } }), { budgets: [budget(allowed)] });
    expect(of({ rollingUpdate: { maxUnavailable: 2 } }, 1)).to.equal(forbidden);
    expect(of({ rollingUpdate: { maxUnavailable: 2 } }, 2)).to.equal('restart');
    expect(of({ rollingUpdate: { maxUnavailable: '70%' } }, 1)).to.equal(forbidden);
    expect(of({ rollingUpdate: { maxUnavailable: '70%' } }, 2)).to.equal('restart');
    expect(of({ type: 'Recreate' }, 3)).to.equal(forbidden);
    expect(of({ type: 'Recreate' }, 4)).to.equal('restart');
  });

  it('counts where it selects the pods, by labels or by expressions', () => {
    const of = (selector: object | undefined) =>
      step(deployment(), { budgets: [{ ...budget(0), spec: { selector } }] });
    const expression = (operator: string, key: string, ...values: string[]) =>
      of({ matchExpressions: [{ key, operator, values }] });
    expect(of({ matchLabels: { app: 'other' } })).to.equal('restart');
    expect(of(undefined)).to.equal('restart');
    expect(of({})).to.equal(forbidden);
    expect(expression('In', 'app', 'web', 'db')).to.equal(forbidden);
    expect(expression('In', 'app', 'db')).to.equal('restart');
    expect(expression('NotIn', 'app', 'web')).to.equal('restart');
    expect(expression('NotIn', 'tier', 'web')).to.equal(forbidden);
    expect(expression('Exists', 'app')).to.equal(forbidden);
    expect(expression('DoesNotExist', 'app')).to.equal('restart');
  });

  it('that has changed and is not judged yet allows nothing', () => {
    const changed = { ...budget(1), metadata: { name: 'web', generation: 2 } };
    expect(step(deployment(), { budgets: [changed] })).to.equal(forbidden);
  });
});
