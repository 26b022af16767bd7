import { expect } from 'chai';
import { warnOfPodSecurity } from '../../../webhook/decision/pod-security.ts';
import { pod, review } from '../pods.ts';

const enforce = 'pod-security.kubernetes.io/enforce';
const warn = 'pod-security.kubernetes.io/warn';

describe('the warning of Pod Security', () => {
  it('names namespace, level, container, capabilities and remedy where the pod will be refused', () => {
    expect(warnOfPodSecurity('shop', { [enforce]: 'baseline' }, 'redirect')).to.deep.equal([
      'namespace shop: Pod Security "baseline" refuses container outrider-init for NET_ADMIN, NET_RAW: ' +
        'label it pod-security.kubernetes.io/enforce=privileged, or the pod outrider.io/inject=false',
    ]);
  });

  it('says the same of a namespace that warns, by the label that does', () => {
    expect(
      warnOfPodSecurity('shop', { [enforce]: 'privileged', [warn]: 'restricted' }, 'redirect'),
    ).to.deep.equal([
      'namespace shop: Pod Security "restricted" warns of container outrider-init for NET_ADMIN, NET_RAW: ' +
        'label it pod-security.kubernetes.io/warn=privileged, or the pod outrider.io/inject=false',
    ]);
  });

  it('names the proxy as well where it needs a capability', () => {
    const labels = { [enforce]: 'restricted' };
    expect(warnOfPodSecurity('shop', labels, 'tproxy')).to.deep.equal([
      ...warnOfPodSecurity('shop', labels, 'redirect'),
      'namespace shop: Pod Security "restricted" refuses container outrider-proxy for NET_RAW, ' +
        'by outrider.io/redirect-mode=tproxy',
    ]);
  });

  it('is told once where both labels ask for it', () => {
    expect(
      warnOfPodSecurity('shop', { [enforce]: 'baseline', [warn]: 'restricted' }, 'redirect'),
    ).to.have.lengthOf(1);
  });

  it('fits into what the API server passes on, for the longest name of a namespace', () => {
    const warnings = warnOfPodSecurity('n'.repeat(63), { [warn]: 'restricted' }, 'tproxy');
    expect(Math.max(...warnings.map(({ length }) => length))).to.be.at.most(246);
  });

  for (const labels of [
    {},
    { [enforce]: 'privileged' },
    { 'pod-security.kubernetes.io/audit': 'restricted' },
  ]) {
    it(`is not told for ${JSON.stringify(labels)}`, () => {
      expect(warnOfPodSecurity('shop', labels, 'tproxy')).to.deep.equal([]);
      expect(review(pod(), { labels })).not.to.have.property('warnings');
    });
  }

  it('comes with the patch, and not with a refusal or for a pod that is skipped', () => {
    const labels = { [enforce]: 'baseline' };
    const patched = review(pod(), { labels });
    expect(patched.answer.kind).to.equal('patched');
    expect(patched.warnings).to.have.lengthOf(1);
    const skipped = pod({ metadata: { labels: { 'outrider.io/inject': 'false' } } });
    const denied = pod({ spec: { shareProcessNamespace: true } });
    for (const object of [skipped, denied])
      expect(review(object, { labels })).not.to.have.property('warnings');
  });
});
