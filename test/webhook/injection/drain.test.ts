import { expect } from 'chai';
import { type AnyPod, inject, pod, review, withAnnotations } from '../pods.ts';

const lifecycleOf = (injected: AnyPod): unknown => injected.spec.initContainers[0].lifecycle;
const sleep = (seconds: number): object => ({ preStop: { sleep: { seconds } } });
const asked = (seconds: number): AnyPod => withAnnotations({ 'outrider.io/drain-seconds': `${seconds}` });
const own = { preStop: { exec: { command: ['/bin/true'] } } };

describe('the drain', () => {
  it('is no hook at all by default', () => {
    expect(inject(pod()).spec.initContainers[0]).not.to.have.property('lifecycle');
  });

  it('is a sleep of the proxy, of at most the grace period of the pod', () => {
    expect(lifecycleOf(inject(asked(12)))).to.deep.equal(sleep(12));
    expect(lifecycleOf(inject(asked(31)))).to.deep.equal(sleep(30));
    const patient = asked(31);
    patient.spec.terminationGracePeriodSeconds = 600;
    expect(lifecycleOf(inject(patient))).to.deep.equal(sleep(31));
  });

  it('is settled after one time, and follows a setting that changes', () => {
    const injected = inject(asked(12));
    expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
    for (const seconds of [0, 7]) {
      injected.metadata.annotations['outrider.io/drain-seconds'] = `${seconds}`;
      expect(inject(injected).spec).to.deep.equal(inject(asked(seconds)).spec);
    }
  });

  it("gives way to the author's own hooks, also on reinvocation", () => {
    const object = asked(12);
    object.spec.containers.push({ name: 'outrider-proxy', image: 'auto', lifecycle: own });
    const injected = inject(object);
    expect(lifecycleOf(injected)).to.deep.equal(own);
    expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('gives way to what another webhook made of it', () => {
    const injected = inject(asked(12));
    injected.spec.initContainers[0].lifecycle = own;
    expect(lifecycleOf(inject(injected))).to.deep.equal(own);
  });

  it('comes back where it was taken away', () => {
    const injected = inject(asked(12));
    delete injected.spec.initContainers[0].lifecycle;
    expect(lifecycleOf(inject(injected))).to.deep.equal(sleep(12));
  });
});
