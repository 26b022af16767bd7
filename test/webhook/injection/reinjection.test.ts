import { expect } from 'chai';
import { type AnyPod, inject, pod, review, withAnnotations, withServiceAccountToken } from '../pods.ts';

const corpus: Readonly<Record<string, AnyPod>> = {
  'a simple pod': pod(),
  'a pod with lists of its own': pod({
    metadata: { annotations: { 'a.io/b': 'c' } },
    spec: {
      initContainers: [{ name: 'migrate' }, { name: 'cache', restartPolicy: 'Always' }],
      volumes: [{ name: 'data', emptyDir: {} }],
    },
  }),
  'a pod whose uid clashes': pod({ spec: { securityContext: { runAsUser: 51337 } } }),
  'a pod with settings': withAnnotations({
    'outrider.io/exclude-outbound-ports': '25',
    'outrider.io/proxy-uid': '2000',
    'outrider.io/proxy-cpu': '.5',
  }),
};

/** What others change in the pod between two calls of the webhook. */
const changes: Readonly<Record<string, (injected: AnyPod) => AnyPod>> = {
  'nothing in between': (injected) => injected,
  'the token of the service account in every container': withServiceAccountToken,
  'AlwaysPullImages in between': (injected) => {
    const changed = structuredClone(injected);
    for (const one of [...changed.spec.containers, ...changed.spec.initContainers])
      one.imagePullPolicy = 'Always';
    return changed;
  },
  'the default of a LimitRange for ephemeral storage': (injected) => {
    const changed = structuredClone(injected);
    for (const { resources } of changed.spec.initContainers.slice(0, 2)) {
      resources.limits['ephemeral-storage'] = '1Gi';
      resources.requests['ephemeral-storage'] = '100Mi';
    }
    return changed;
  },
  "another webhook's init container at the end": (injected) => {
    const changed = structuredClone(injected);
    changed.spec.initContainers.push({ name: 'vault-agent', image: 'vault' });
    changed.spec.volumes.unshift({ name: 'vault', emptyDir: {} });
    return changed;
  },
};

describe('injection of an injected pod', () => {
  for (const [what, original] of Object.entries(corpus)) {
    for (const [how, change] of Object.entries(changes)) {
      it(`changes nothing: ${what}, ${how}`, () => {
        const changed = change(inject(original));
        expect(review(changed).answer).to.deep.equal({ kind: 'allowed' });
      });
    }
  }

  it('brings the proxy back to the front where another webhook went before it', () => {
    const injected = inject(pod());
    const other = { name: 'vault-agent', image: 'vault' };
    const changed = structuredClone(injected);
    changed.spec.initContainers.unshift(other);
    const again = inject(changed);
    expect(again.spec.initContainers).to.deep.equal([...injected.spec.initContainers, other]);
    expect(review(again).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('follows a changed setting, and settles', () => {
    const injected = inject(pod());
    const annotations = { 'outrider.io/proxy-cpu': '700m' };
    const again = inject(injected, { annotations });
    expect(again).to.deep.equal(inject(pod(), { annotations }));
    expect(review(again, { annotations }).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('takes the token of the service account away where it took the place of the empty folder', () => {
    const injected = withServiceAccountToken(inject(pod()));
    const stripped = structuredClone(injected);
    for (const container of stripped.spec.initContainers) delete container.volumeMounts;
    const mounted = withServiceAccountToken(stripped);
    expect(mounted.spec.initContainers[1].volumeMounts[0].name).to.equal('kube-api-access-x7k2p');
    expect(inject(mounted)).to.deep.equal(injected);
  });
});
