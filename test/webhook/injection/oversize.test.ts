import { expect } from 'chai';
import { findOversize } from '../../../webhook/injection/oversize.ts';
import { denial, inject, pod, review, withAnnotations } from '../pods.ts';

describe('what is too long for execve', () => {
  it('is an argument of 128 KiB, since the end mark counts', () => {
    expect(findOversize({ name: 'c', args: ['a', 'x'.repeat(131_071)] })).to.deep.equal([]);
    expect(findOversize({ name: 'c', args: ['a', 'x'.repeat(131_072)] })).to.deep.equal([
      'container c: args[1] would be 131072 bytes long, the most is 131071; give the pod fewer tcpSocket probes, declare HTTP on fewer ports, or shorten what it allows outbound',
    ]);
  });

  it('is a variable, its name included', () => {
    const variable = (length: number) => ({ name: 'c', env: [{ name: 'A', value: 'x'.repeat(length) }] });
    expect(findOversize(variable(131_069))).to.deep.equal([]);
    expect(findOversize(variable(131_070))).to.deep.equal([
      'container c: env A would be 131072 bytes long, the most is 131071; shorten the settings',
    ]);
  });

  it('counts bytes, not characters', () => {
    expect(findOversize({ name: 'c', args: ['é'.repeat(65_535)] })).to.have.lengthOf(0);
    expect(findOversize({ name: 'c', args: ['é'.repeat(65_536)] })).to.have.lengthOf(1);
  });

  it('is found in no container without arguments and values', () => {
    expect(findOversize({ name: 'c', env: [{ name: 'A', valueFrom: {} }] })).to.deep.equal([]);
  });
});

describe('a pod with a thousand TCP probes', () => {
  it('is denied with the remedy that helps', () => {
    const containers = Array.from({ length: 1000 }, (_, index) => ({
      name: `shop-${index}`,
      image: 'shop:1',
      livenessProbe: { tcpSocket: { port: 2000 + index } },
    }));
    expect(denial(pod({ spec: { containers } }))).to.match(
      /^outrider: container outrider-proxy: args\[1\] would be \d+ bytes long, the most is 131071; give the pod fewer tcpSocket probes, declare HTTP on fewer ports, or shorten what it allows outbound$/,
    );
  });
});

describe('a pod whose settings are too long', () => {
  const cidrs = (count: number) =>
    withAnnotations({
      'outrider.io/exclude-outbound-cidrs': Array(count).fill('10.11.12.13/32').join(','),
    });

  it('is injected as long as they fit', () => {
    expect(inject(cidrs(8_000)).spec.initContainers).to.have.lengthOf(2);
  });

  it('is denied where the rendered string is over 128 KiB, with its place', () => {
    expect(review(cidrs(9_000)).reason).to.equal('oversize');
    expect(denial(cidrs(9_000))).to.match(
      /^outrider: container outrider-init: env OUTRIDER_CONFIG would be \d+ bytes long, the most is 131071; shorten the settings$/,
    );
  });

  it('is denied at once where its annotations are more than Kubernetes takes', () => {
    const started = performance.now();
    expect(denial(cidrs(200_000))).to.equal(
      'outrider: metadata.annotations: 3000033 bytes long, the most is 262144; shorten them',
    );
    expect(performance.now() - started).to.be.below(200);
  });
});
