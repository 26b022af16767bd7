import { expect } from 'chai';
import type { JsonObject } from '../../../webhook/admission/json.ts';
import { rolloutOf } from '../../../webhook/installation/rollout.ts';

const deployment = (status: JsonObject, generation = 1): JsonObject => ({
  metadata: { name: 'web', generation },
  spec: { replicas: 2 },
  status: { observedGeneration: 1, ...status },
});
const podWith = (state: JsonObject): JsonObject => ({
  metadata: { name: 'web-1' },
  status: { containerStatuses: [{ state }] },
});
const running = podWith({ running: { startedAt: '2026-06-01T00:00:00Z' } });
const updated = { replicas: 2, updatedReplicas: 2 };

describe('how far a Deployment is', () => {
  it('is ready when all replicas are, and none is of before', () => {
    expect(rolloutOf(deployment({ ...updated, readyReplicas: 2 }), [])).to.deep.equal({ kind: 'ready' });
    const overlap = { replicas: 3, updatedReplicas: 2, readyReplicas: 3 };
    expect(rolloutOf(deployment(overlap), []).kind).to.equal('waiting');
    const unseen = deployment({ ...updated, readyReplicas: 2 }, 2);
    expect(rolloutOf(unseen, [running, running]).kind).to.equal('waiting');
  });

  it('is running when a pod runs that is not ready yet', () => {
    const why = '0 of 2 replicas are ready';
    const creating = podWith({ waiting: { reason: 'ContainerCreating' } });
    expect(rolloutOf(deployment(updated), [creating, running])).to.deep.equal({ kind: 'running', why });
    expect(rolloutOf(deployment(updated), [creating])).to.deep.equal({ kind: 'waiting', why });
    expect(rolloutOf(deployment(updated), [])).to.deep.equal({ kind: 'waiting', why });
  });

  it('tells what is in its way: images, nodes, quotas', () => {
    const image = podWith({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } });
    expect(rolloutOf(deployment(updated), [image])).to.deep.equal({
      kind: 'waiting',
      why: 'Pod/web-1: ImagePullBackOff: Back-off pulling image "x"',
    });
    const pending = {
      metadata: { name: 'web-2' },
      status: { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }] },
    };
    expect(rolloutOf(deployment(updated), [pending])).to.include({
      why: 'Pod/web-2: 0/1 nodes are available',
    });
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: pods' }];
    expect(rolloutOf(deployment({ conditions }), [])).to.include({ why: 'exceeded quota: pods' });
  });
});
