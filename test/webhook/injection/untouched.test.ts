import { expect } from 'chai';
import { type AnyPod, inject, pod, review, withAnnotations, withoutOurs } from '../pods.ts';

describe('what is the business of others', () => {
  for (const [what, spec] of [
    ['resources of the whole pod', { resources: { requests: { cpu: '1' }, limits: { memory: '2Gi' } } }],
    ['secrets to pull images with', { imagePullSecrets: [{ name: 'registry' }, {}] }],
    ['claims of devices', { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpu' }] }],
    ['ephemeral containers', { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] }],
    ['user namespaces', { hostUsers: false, securityContext: { runAsNonRoot: true, fsGroup: 2000 } }],
    [
      'gates and readiness of others',
      { schedulingGates: [{ name: 'a' }], readinessGates: [{ conditionType: 'b' }] },
    ],
    ['an overhead and a runtime class', { overhead: { cpu: '10m' }, runtimeClassName: 'kata' }],
    ['a field of tomorrow', { tomorrow: { list: [[], {}, null], number: 1e21, text: '$(POD_IP) $$' } }],
  ] as [string, object][]) {
    it(`stays as it is: ${what}`, () => {
      const original = pod({
        spec: { ...spec, initContainers: [{ name: 'migrate' }], volumes: [{ name: 'data' }] },
      });
      original.metadata.annotations = {};
      const injected = inject(original);
      expect(withoutOurs(injected)).to.deep.equal(original);
      expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
    });
  }

  it('includes fields of tomorrow in containers, probes and volumes', () => {
    const spec = {
      containers: [
        {
          name: 'shop',
          resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
          restartPolicyRules: [{ action: 'Restart' }],
          tomorrow: [{ a: null }],
          livenessProbe: { tcpSocket: { port: 8080 }, tomorrow: { b: 1 } },
        },
      ],
      volumes: [{ name: 'data', tomorrow: {} }],
    };
    const [only] = inject(pod({ spec })).spec.containers;
    const { livenessProbe, ...rest } = spec.containers[0] as AnyPod;
    expect(only).to.deep.include(rest);
    expect(only.livenessProbe.tomorrow).to.deep.equal(livenessProbe.tomorrow);
  });
});

describe('the ephemeral storage of the proxy', () => {
  const storageOf = (annotations: Record<string, string>): unknown[] => {
    const named = Object.entries(annotations).map(([key, value]) => [`outrider.io/${key}`, value]);
    const injected = inject(withAnnotations(Object.fromEntries(named)));
    expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
    const { limits, requests } = injected.spec.initContainers[0].resources;
    return [requests['ephemeral-storage'], limits['ephemeral-storage']];
  };

  it('is left to Kubernetes by default', () => {
    expect(storageOf({})).to.deep.equal([undefined, undefined]);
  });

  it('is asked for and limited by settings', () => {
    expect(
      storageOf({ 'proxy-ephemeral-storage': '10Mi', 'proxy-ephemeral-storage-limit': '1Gi' }),
    ).to.deep.equal(['10Mi', '1Gi']);
    expect(storageOf({ 'proxy-ephemeral-storage': '10Mi' })).to.deep.equal(['10Mi', undefined]);
  });

  it('is asked for by its limit, as Kubernetes has it, where only that is given', () => {
    expect(storageOf({ 'proxy-ephemeral-storage-limit': '1Gi' })).to.deep.equal(['1Gi', '1Gi']);
  });

  it('has the setting, where the namespace has a LimitRange as well', () => {
    const annotations = { 'outrider.io/proxy-ephemeral-storage-limit': '1Gi' };
    const injected = inject(withAnnotations(annotations));
    injected.spec.initContainers[1].resources.limits['ephemeral-storage'] = '5Gi';
    expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
    expect(injected.spec.initContainers[0].resources.limits['ephemeral-storage']).to.equal('1Gi');
  });
});
