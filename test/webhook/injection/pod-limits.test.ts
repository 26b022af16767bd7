import { expect } from 'chai';
import { inject, pod, review } from '../pods.ts';

const within = (limits: unknown, metadata: object = {}) => pod({ metadata, spec: { resources: { limits } } });

describe('limits of the pod as a whole', () => {
  const resourcesOf = (limits: unknown): object[] =>
    inject(within(limits)).spec.initContainers.map(({ resources }: { resources: object }) => resources);

  it('hold for our containers, limits and requests, where they are tighter', () => {
    expect(resourcesOf({ cpu: '50m', memory: '100Mi' })).to.deep.equal([
      { limits: { cpu: '50m', memory: '100Mi' }, requests: { cpu: '50m', memory: '64Mi' } },
      { limits: { cpu: '50m', memory: '100Mi' }, requests: { cpu: '10m', memory: '64Mi' } },
    ]);
  });

  for (const [what, limits] of [
    ['wide', { cpu: '2000m', memory: '1Gi', 'hugepages-2Mi': '2Mi' }],
    ['of other things', { 'hugepages-2Mi': '2Mi' }],
    ['no quantities', { cpu: 'much', memory: null }],
    ['absent', undefined],
  ] as const) {
    it(`change nothing where they are ${what}`, () => {
      const plain = inject(pod()).spec.initContainers;
      expect(inject(within(limits)).spec.initContainers).to.deep.equal(plain);
    });
  }

  it('are known again: a second injection changes nothing, and follows where they have changed', () => {
    const injected = inject(within({ cpu: '1' }));
    expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
    injected.spec.resources.limits.cpu = '500m';
    expect(inject(injected)).to.deep.equal(inject(within({ cpu: '500m' })));
  });

  it('hold for what settings ask for, too, and not for what an author asks for: Kubernetes tells him', () => {
    const annotations = { 'outrider.io/proxy-cpu-limit': '4', 'outrider.io/proxy-cpu': '3' };
    const [proxy] = inject(within({ cpu: '1' }, { annotations })).spec.initContainers;
    expect(proxy.resources).to.deep.include({ limits: { cpu: '1', memory: '256Mi' } });
    const object = within({ cpu: '1' });
    object.spec.containers.push({ name: 'outrider-proxy', resources: { limits: { cpu: '2' } } });
    expect(inject(object).spec.initContainers[0].resources.limits.cpu).to.equal('2');
  });

  it('are refused by name where they are none', () => {
    expect(review(within([])).answer).to.deep.equal({
      kind: 'errored',
      code: 400,
      message: 'spec.resources.limits: expected an object',
    });
  });
});
