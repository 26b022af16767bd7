import { expect } from 'chai';
import { parseConfig } from '../../../webhook/decision/config.ts';
import { pod, review, withAnnotations } from '../pods.ts';

const config = (data: Record<string, string>) => {
  const parsed = parseConfig(data);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return { config: parsed.config };
};

const ports = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(',');

describe('settings without effect', () => {
  it('are warnings of a pod that is injected all the same, each with its place, value and reason', () => {
    const object = withAnnotations({
      'outrider.io/exclude-inbound-ports': '15020,8080',
      'outrider.io/exclude-outbound-cidrs': '10.0.0.0/8,fd00::/8',
    });
    const { decision, warnings } = review(object);
    expect(decision).to.equal('inject');
    expect(warnings).to.deep.equal([
      'pod annotation outrider.io/exclude-outbound-cidrs: fd00::/8 has no effect: ipv6 is not captured',
      'pod annotation outrider.io/exclude-inbound-ports: 15020 has no effect: a port of the proxy itself, never captured',
    ]);
  });

  it('name the namespace where it is the one that gives the value that counts', () => {
    const annotations = { 'outrider.io/exclude-inbound-ports': '15020' };
    expect(review(pod(), { annotations }).warnings).to.deep.equal([
      'namespace annotation outrider.io/exclude-inbound-ports: 15020 has no effect: a port of the proxy itself, never captured',
    ]);
    const own = withAnnotations({ 'outrider.io/exclude-inbound-ports': '8080' });
    expect(review(own, { annotations })).not.to.have.property('warnings');
  });

  it('know the user that the proxy gets in this pod', () => {
    const object = withAnnotations({ 'outrider.io/exclude-uids': '51338' });
    expect(review(object)).not.to.have.property('warnings');
    object.spec.securityContext = { runAsUser: 51337 };
    expect(review(object).warnings).to.deep.equal([
      "pod annotation outrider.io/exclude-uids: 51338 has no effect: the proxy's own user, left alone anyway",
    ]);
  });

  it('are not told to pods of the ConfigMap, which they did not write and may only override', () => {
    const injector = config({ 'exclude-outbound-cidrs': 'fd00::/8', 'include-inbound-ports': '8080' });
    expect(review(pod(), { injector })).not.to.have.property('warnings');
    const object = withAnnotations({ 'outrider.io/exclude-inbound-ports': '22' });
    expect(review(object, { injector }).warnings).to.deep.equal([
      'pod annotation outrider.io/exclude-inbound-ports: 22 has no effect: not in include-inbound-ports',
    ]);
  });

  it('are not among settings that each have one, nor where there is none', () => {
    const settings = { 'outrider.io/exclude-outbound-ports': '25', 'outrider.io/proxy-cpu': '50m' };
    for (const object of [pod(), withAnnotations(settings)]) {
      expect(review(object)).not.to.have.property('warnings');
    }
  });

  it('are not looked for in lists that would keep other reviews waiting', () => {
    const object = withAnnotations({ 'outrider.io/exclude-outbound-ports': ports(20_000) });
    const injector = config({ 'include-outbound-cidrs': '', 'include-outbound-ports': ports(20_000) });
    review(object, { injector });
    const start = performance.now();
    expect(review(object, { injector })).not.to.have.property('warnings');
    expect(performance.now() - start).to.be.below(500);
  });
});
