import { expect } from 'chai';
import type { Namespace } from '../../../webhook/admission/inject-review.ts';
import { type PodStatus, statusOfPod, type Today } from '../../../webhook/status/pod-status.ts';
import { type AnyPod, inject, injector, pod, withAnnotations } from '../pods.ts';

const today: Today = { injector, imageKnown: true, compared: 'all' };
const enabled: Namespace = { label: 'enabled', annotations: {}, labels: {} };
const unlabelled: Namespace = { label: undefined, annotations: {}, labels: {} };

function statusOf(object: AnyPod, namespace = enabled, now: Partial<Today> = {}): PodStatus {
  const status = statusOfPod(object, namespace, () => ({ ...today, ...now }));
  if (status === undefined) throw new Error('the pod is not concerned');
  return status;
}

const told = (object: AnyPod, namespace?: Namespace, now?: Partial<Today>): string => {
  const { state, message } = statusOf(object, namespace, now);
  return `${state}: ${message}`;
};

describe('the status of a pod', () => {
  it('is injected where the pod is as it would be injected now', () => {
    const { state, reason, message, version, initImage, proxyImage } = statusOf(inject(pod()));
    expect({ state, reason, message, version, initImage, proxyImage }).to.deep.equal({
      state: 'injected',
      reason: 'namespace-enabled',
      message: '',
      version: '0.1.0',
      initImage: 'outrider:0.1.0',
      proxyImage: 'envoyproxy/envoy:distroless-v1.40.0',
    });
  });

  it('is missing where the pod would be injected and has no proxy, whatever it claims', () => {
    const expected =
      'missing: the pod is older than what injects it (the namespace is labelled outrider.io/injection=enabled): delete it, and it is made anew';
    expect(told(pod())).to.equal(expected);
    expect(told(withAnnotations({ 'outrider.io/status': '{"version":"0.1.0"}' }))).to.equal(expected);
  });

  it('is outdated by the image of another version, which may come from a mirror', () => {
    const older = inject(pod(), { injector: { version: '0.0.9', initImage: 'outrider:0.0.9' } });
    expect(told(older)).to.equal(
      'outdated: outrider-init is of outrider:0.0.9, now outrider:0.1.0: delete the pod, and it is made anew',
    );
    const mirrored = inject(pod());
    mirrored.spec.initContainers[1].image = 'registry.example/mirror/outrider:0.1.0';
    expect(told(mirrored)).to.equal('injected: ');
  });

  it('is outdated by the settings of its namespace, and names what differs in the containers', () => {
    const namespace = { ...enabled, annotations: { 'outrider.io/proxy-memory': '80Mi' } };
    expect(told(inject(pod()), namespace)).to.equal(
      'outdated: outrider-proxy has other resources: delete the pod, and it is made anew',
    );
    const excluding = { ...enabled, annotations: { 'outrider.io/exclude-outbound-ports': '25' } };
    expect(told(inject(pod()), excluding)).to.equal(
      'outdated: outrider-init has other env: delete the pod, and it is made anew',
    );
  });

  it('is outdated where somebody changed the containers, and the status annotation says nothing', () => {
    const changed = inject(pod());
    delete changed.spec.initContainers[0].restartPolicy;
    expect(told(changed)).to.equal(
      'outdated: outrider-proxy has other restartPolicy: delete the pod, and it is made anew',
    );
  });

  it('is outdated where what is around the containers differs, or what the annotation tells', () => {
    const without = inject(pod());
    without.spec.volumes = [];
    expect(told(without)).to.equal(
      'outdated: what is around its proxy has changed: delete the pod, and it is made anew',
    );
    const retold = inject(pod());
    const status = JSON.parse(retold.metadata.annotations['outrider.io/status']);
    retold.metadata.annotations['outrider.io/status'] = JSON.stringify({ ...status, version: '0.0.9' });
    expect(told(retold)).to.equal(
      'outdated: its version or settings have changed (outrider.io/status): delete the pod, and it is made anew',
    );
  });

  it('is compared by the image alone where nothing else is known', () => {
    const namespace = { ...enabled, annotations: { 'outrider.io/proxy-memory': '80Mi' } };
    expect(told(inject(pod()), namespace, { compared: 'image' })).to.equal('injected: ');
    const older = inject(pod(), { injector: { initImage: 'outrider:0.0.9' } });
    expect(told(older, namespace, { compared: 'image' })).to.match(/^outdated: outrider-init is of/);
    expect(told(older, enabled, { imageKnown: false })).to.equal('injected: ');
  });

  it('is refused where the pod could not be made anew', () => {
    const wrong = inject(pod());
    wrong.metadata.annotations['outrider.io/proxy-cpu'] = 'much';
    expect(told(wrong)).to.equal(
      'refused: if it were made anew: pod annotation outrider.io/proxy-cpu: "much" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
    );
  });

  it('is leftover where a pod with a proxy would get none', () => {
    expect(told(inject(pod()), unlabelled)).to.equal(
      'leftover: if it were made anew, it would have no proxy: namespace shop is not labelled outrider.io/injection=enabled',
    );
  });

  it('is skipped for the reason that the webhook has', () => {
    expect(told(pod({ metadata: { labels: { 'outrider.io/inject': 'false' } } }))).to.equal(
      'skipped: the pod is labelled outrider.io/inject=false',
    );
    expect(told(pod({ spec: { hostNetwork: true } }))).to.equal(
      "skipped: the pod uses the node's network, whose traffic is not the pod's to redirect",
    );
    expect(told(pod(), { ...unlabelled, label: 'on' })).to.equal(
      'skipped: namespace shop is not labelled outrider.io/injection=enabled',
    );
  });

  it('is none where no label concerns the pod', () => {
    expect(statusOfPod(pod(), unlabelled, () => today)).to.equal(undefined);
    expect(told(pod({ metadata: { labels: { 'outrider.io/inject': 'true' } } }), unlabelled)).to.match(
      /^missing: /,
    );
  });
});
