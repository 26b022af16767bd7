import { expect } from 'chai';
import { reviewWorkload } from '../../../webhook/admission/review-workload.ts';
import { type AnyPod, injector, pod, withAnnotations } from '../pods.ts';

const namespace = { label: 'enabled', annotations: {} };

function review([group, kind]: readonly [string, string], object: object, operation = 'CREATE') {
  const request = {
    uid: 'u',
    operation,
    namespace: 'shop',
    kind: { group, version: 'v1', kind },
    object: object as Record<string, unknown>,
  };
  return reviewWorkload(request, namespace, injector);
}

const deployment = ['apps', 'Deployment'] as const;
const inTemplate = ({ metadata, spec }: AnyPod): object => ({
  metadata: { name: 'shop' },
  spec: { template: { metadata: { ...metadata, name: undefined }, spec } },
});
const inJobTemplate = (object: AnyPod): object => ({ spec: { jobTemplate: inTemplate(object) } });

const ineffective = withAnnotations({ 'outrider.io/exclude-inbound-ports': '15020' });
const warning =
  'pod annotation outrider.io/exclude-inbound-ports: 15020 has no effect: a port of the proxy itself, never captured';

describe('the review of a workload', () => {
  for (const [kind, wrap] of [
    [deployment, inTemplate],
    [['apps', 'StatefulSet'], inTemplate],
    [['apps', 'DaemonSet'], inTemplate],
    [['apps', 'ReplicaSet'], inTemplate],
    [['batch', 'Job'], inTemplate],
    [['batch', 'CronJob'], inJobTemplate],
    [['', 'ReplicationController'], inTemplate],
  ] as const) {
    it(`warns of what its pods will be warned of: ${kind[1]}`, () => {
      expect(review(kind, wrap(ineffective))).to.deep.equal({
        answer: { kind: 'allowed' },
        decision: 'inject',
        reason: 'namespace-enabled',
        warnings: [warning],
      });
    });
  }

  it('warns of all for which its pods will be refused, and refuses nothing itself', () => {
    const object = withAnnotations({ 'outrider.io/proxy-cpu': 'lots', 'outrider.io/proxy-cpus': '1' });
    expect(review(deployment, inTemplate(object), 'UPDATE')).to.deep.equal({
      answer: { kind: 'allowed' },
      decision: 'deny',
      reason: 'invalid-settings',
      warnings: [
        'its pods will be refused: pod annotation outrider.io/proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
        'its pods will be refused: pod annotation outrider.io/proxy-cpus: "1" is not valid: expected a known setting: did you mean outrider.io/proxy-cpu?',
      ],
    });
    const labelled = pod({ metadata: { labels: { 'outrider.io/inject': 'maybe' } } });
    expect(review(deployment, inTemplate(labelled)).warnings).to.deep.equal([
      'its pods will be refused: label outrider.io/inject: "maybe" is not valid: expected true or false',
    ]);
  });

  it('says nothing where its pods will be told nothing, injected or not', () => {
    const optedOut = pod({ metadata: { labels: { 'outrider.io/inject': 'false' } } });
    for (const object of [pod(), optedOut]) {
      const verdict = review(deployment, inTemplate(object));
      expect(verdict.answer).to.deep.equal({ kind: 'allowed' });
      expect(verdict).not.to.have.property('warnings');
    }
  });

  it('reads a template without metadata', () => {
    const object = { spec: { template: { metadata: null, spec: pod().spec } } };
    expect(review(deployment, object))
      .to.include({ decision: 'inject' })
      .and.not.to.have.property('warnings');
  });

  it('allows what has no template, or is none of these kinds, or is malformed', () => {
    const allowed = { answer: { kind: 'allowed' } };
    expect(review(['', 'ReplicationController'], { spec: {} })).to.deep.equal({
      ...allowed,
      decision: 'skip',
      reason: 'no-template',
    });
    expect(review(['example.io', 'Deployment'], inTemplate(pod()))).to.deep.equal({
      ...allowed,
      decision: 'error',
      reason: 'not-a-workload',
    });
    expect(review(deployment, { spec: { template: { spec: { containers: 'x' } } } })).to.deep.equal({
      ...allowed,
      decision: 'error',
      reason: 'malformed-pod',
    });
  });
});
