import { expect } from 'chai';
import { type AnyPod, denial, inject, pod, review, withAnnotations } from '../pods.ts';
import { declared, plain, proxyOf } from './declared.ts';

/** What other webhooks and plugins change on purpose on containers that are there. */
const changes: Readonly<Record<string, (containers: AnyPod) => void>> = {
  'a mirror of the images': ([proxy, init]) => {
    proxy.image = `registry.example/mirror/${proxy.image}`;
    init.image = `registry.example:5000/${init.image}`;
  },
  'the digests of the images': ([proxy, init]) => {
    proxy.image = `envoyproxy/envoy@sha256:${'0'.repeat(64)}`;
    init.image = `${init.image}@sha256:${'1'.repeat(64)}`;
  },
  'another imagePullPolicy': ([proxy]) => {
    proxy.imagePullPolicy = 'Never';
  },
  'a variable and a mount of an agent': ([proxy]) => {
    proxy.env.unshift({ name: 'DD_AGENT_HOST', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } });
    proxy.env.push({ name: 'DD_SERVICE', value: '$(POD_NAME)' });
    proxy.volumeMounts.push({ name: 'agent', mountPath: '/var/run/agent' });
  },
  'the resources of a VerticalPodAutoscaler': ([proxy]) => {
    proxy.resources = { limits: { cpu: '1500m', memory: '256Mi' }, requests: { cpu: '50m', memory: '96Mi' } };
  },
  'labels of SELinux': ([proxy]) => {
    proxy.securityContext.seLinuxOptions = { level: 's0:c26,c5' };
  },
  'quantities as the API server writes them': ([proxy]) => {
    proxy.resources.limits.cpu = '2000m';
  },
};

describe('a change that another webhook made on purpose', () => {
  for (const [what, change] of Object.entries(changes)) {
    it(`survives reinvocation: ${what}`, () => {
      const changed = inject(pod());
      change(changed.spec.initContainers);
      const again = inject(changed);
      expect(review(again).answer).to.deep.equal({ kind: 'allowed' });
      const [proxy, init] = changed.spec.initContainers;
      const names = ({ env }: AnyPod): string[] => env.map(({ name }: AnyPod) => name).sort();
      expect({ ...proxyOf(again), env: names(proxyOf(again)) }).to.deep.equal({
        ...proxy,
        env: names(proxy),
      });
      expect(again.spec.initContainers[1]).to.deep.equal(init);
    });

    it(`survives the repair of another: ${what}`, () => {
      const changed = inject(pod());
      change(changed.spec.initContainers);
      const wanted = inject(changed);
      delete changed.spec.initContainers[0].restartPolicy;
      changed.spec.initContainers[0].args = ['evil'];
      changed.spec.initContainers[1].command = ['evil'];
      expect(inject(changed)).to.deep.equal(wanted);
    });
  }

  it('does not hold back a setting that changed since: the image', () => {
    const changed = inject(pod());
    changed.spec.initContainers[0].image = `registry.example/${plain.image}`;
    const annotations = { 'outrider.io/proxy-image': 'envoyproxy/envoy:distroless-v1.41.0' };
    expect(inject(changed, { annotations })).to.deep.equal(inject(pod(), { annotations }));
  });

  it('is followed by the bootstrap where it is the memory limit, and where settings are enforced it is not', () => {
    const heapOf = (injected: AnyPod): number =>
      JSON.parse(proxyOf(injected).args[1]).overload_manager.resource_monitors[0].typed_config
        .max_heap_size_bytes;
    const changed = inject(pod());
    changed.spec.initContainers[0].resources.limits.memory = '512Mi';
    expect(heapOf(inject(changed))).to.equal(512 * 2 ** 20);
    const enforced = { annotations: { 'outrider.io/enforced': 'proxy-memory-limit' } };
    expect(heapOf(inject(changed, enforced))).to.equal(256 * 2 ** 20);
  });

  it('is followed by the worker threads where it is the CPU limit and nobody has said how many', () => {
    const workersOf = (injected: AnyPod): string => proxyOf(injected).args.at(-1);
    const changed = inject(pod());
    changed.spec.initContainers[0].resources.limits.cpu = '3200m';
    expect(workersOf(inject(changed))).to.equal('4');
    expect(workersOf(inject(changed, { annotations: { 'outrider.io/proxy-concurrency': '1' } }))).to.equal(
      '1',
    );
    const enforced = { annotations: { 'outrider.io/enforced': 'proxy-cpu-limit' } };
    expect(workersOf(inject(changed, enforced))).to.equal('2');
    const declaring = declared({ resources: { limits: { cpu: '700m' } } });
    expect(workersOf(inject(declaring))).to.equal('1');
  });

  it('is told where Kubernetes would refuse it', () => {
    const changed = inject(withAnnotations({ 'outrider.io/proxy-memory': '100Mi' }));
    changed.spec.initContainers[0].resources.limits.memory = '80Mi';
    expect(denial(changed)).to.equal(
      'outrider: container outrider-proxy: resources: requests.memory 100Mi is above the limit 80Mi; give both',
    );
  });
});
