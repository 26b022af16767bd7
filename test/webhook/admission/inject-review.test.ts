import { expect } from 'chai';
import { reviewPod } from '../../../webhook/admission/inject-review.ts';
import { denial, injector, pod, review, withAnnotations } from '../pods.ts';

describe('the review of a pod', () => {
  it('patches a pod, allows one that is skipped, and says by which rule', () => {
    expect(review(pod())).to.deep.include({ decision: 'inject', reason: 'namespace-enabled' });
    expect(review(pod(), { label: undefined })).to.deep.equal({
      answer: { kind: 'allowed' },
      decision: 'skip',
      reason: 'not-enabled',
    });
  });

  it('denies a pod of another mesh', () => {
    const object = pod({ spec: { containers: [{ name: 'istio-proxy' }] } });
    expect(denial(object)).to.match(/^outrider: the pod carries Istio's container istio-proxy: /);
  });

  it('denies a bad label', () => {
    const object = pod({ metadata: { labels: { 'outrider.io/inject': 'yes' } } });
    expect(denial(object)).to.equal(
      'outrider: label outrider.io/inject: "yes" is not valid: expected true or false',
    );
  });

  it('denies an unknown key with the nearest known one', () => {
    expect(denial(withAnnotations({ 'outrider.io/proxy-cpus': '1' }))).to.equal(
      'outrider: pod annotation outrider.io/proxy-cpus: "1" is not valid: ' +
        'expected a known setting: did you mean outrider.io/proxy-cpu?',
    );
  });

  it("denies a setting of the command line: the ports are not a pod's to choose", () => {
    expect(denial(withAnnotations({ 'outrider.io/inbound-port': '80' }))).to.include(
      'expected a known setting',
    );
  });

  it('denies the label where it is an annotation, and says so', () => {
    expect(denial(withAnnotations({ 'outrider.io/inject': 'false' }))).to.equal(
      'outrider: pod annotation outrider.io/inject: "false" is not valid: expected it as a label: it is no annotation',
    );
  });

  it('denies with all errors of namespace and pod, and all that is reserved, at once', () => {
    const object = withAnnotations({ 'outrider.io/proxy-cpu': 'lots', 'outrider.io/inject': 'true' });
    object.spec.containers = [
      { name: 'outrider-init' },
      { name: 'shop', livenessProbe: { tcpSocket: { port: 15020 } } },
    ];
    expect(denial(object, { annotations: { 'outrider.io/proxy-uid': '0' } }).split('; ')).to.deep.equal([
      'outrider: pod annotation outrider.io/inject: "true" is not valid: expected it as a label: it is no annotation',
      'namespace annotation outrider.io/proxy-uid: "0" is not valid: expected a numeric user id from 1 to 4294967294',
      'pod annotation outrider.io/proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
      'container outrider-init: the name is reserved',
      'choose another',
      "container shop: livenessProbe asks port 15020, which is the proxy's",
      "ask one of the container's",
    ]);
    expect(review(object).reason).to.equal('invalid-settings');
  });

  it('does not read the settings of a pod that is skipped', () => {
    const object = withAnnotations({ 'outrider.io/nonsense': '1' });
    object.metadata.labels = { 'outrider.io/inject': 'false' };
    expect(review(object).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('says that a pod is malformed, with the paths', () => {
    expect(review({ metadata: {}, spec: { containers: 1 } })).to.deep.equal({
      answer: { kind: 'errored', code: 400, message: 'spec.containers: expected a list' },
      decision: 'error',
      reason: 'malformed-pod',
    });
  });

  for (const [operation, kind] of [
    ['UPDATE', { group: '', version: 'v1', kind: 'Pod' }],
    ['CREATE', { group: '', version: 'v1', kind: 'Secret' }],
    ['CREATE', { group: 'example.io', version: 'v1', kind: 'Pod' }],
  ] as const) {
    it(`refuses what is no CREATE of a Pod: ${operation} ${kind.group}/${kind.kind}`, () => {
      const request = { uid: 'u', operation, namespace: 'shop', kind, object: pod() };
      const verdict = reviewPod(request, { label: 'enabled', annotations: {} }, injector);
      expect(verdict).to.deep.equal({
        answer: {
          kind: 'errored',
          code: 400,
          message: `expected the CREATE of a Pod, not the ${operation} of a ${kind.kind}`,
        },
        decision: 'error',
        reason: 'not-a-pod-create',
      });
    });
  }
});
