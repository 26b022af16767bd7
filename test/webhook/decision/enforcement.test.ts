import { expect } from 'chai';
import { parseConfig } from '../../../webhook/decision/config.ts';
import { anythingEnforcedBy } from '../../../webhook/decision/enforcement.ts';
import { denial, inject, pod, review, withAnnotations } from '../pods.ts';

const config = (data: Record<string, string>) => {
  const parsed = parseConfig(data);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return { config: parsed.config };
};

describe('a setting that the ConfigMap enforces', () => {
  const injector = config({ enforced: 'proxy-cpu, exclude-outbound-ports', 'proxy-cpu': '50m' });

  it('denies a pod that says otherwise: its key, its value, the enforced value, and who enforces it', () => {
    const object = withAnnotations({ 'outrider.io/proxy-cpu': '70m' });
    expect(denial(object, { injector })).to.equal(
      'outrider: pod annotation outrider.io/proxy-cpu: "70m" is not valid: ' +
        'expected "50m" or no value: ConfigMap outrider-config enforces it',
    );
    expect(review(object, { injector }).reason).to.equal('enforced');
  });

  it('denies the pods of a namespace that says otherwise', () => {
    expect(denial(pod(), { injector, annotations: { 'outrider.io/proxy-cpu': '70m' } })).to.equal(
      'outrider: namespace annotation outrider.io/proxy-cpu: "70m" is not valid: ' +
        'expected "50m" or no value: ConfigMap outrider-config enforces it',
    );
  });

  it('is enforced at its default, too', () => {
    const object = withAnnotations({ 'outrider.io/exclude-outbound-ports': '25' });
    expect(denial(object, { injector })).to.include(': "25" is not valid: expected "" or no value: ');
  });

  it('lets pass who says the same, whatever the writing, and who says something of other settings', () => {
    const ports = config({ enforced: 'exclude-outbound-ports', 'exclude-outbound-ports': '25,587' });
    const object = withAnnotations({
      'outrider.io/exclude-outbound-ports': ' 25-25 , 587',
      'outrider.io/proxy-cpu': '70m',
    });
    expect(review(object, { injector: ports }).decision).to.equal('inject');
  });

  it('comes with all other errors of the pod in one denial', () => {
    const object = withAnnotations({ 'outrider.io/proxy-cpu': '70m', 'outrider.io/proxy-memory': 'lots' });
    const message = denial(object, { injector });
    expect(message).to.include('proxy-memory: "lots"').and.include('proxy-cpu: "70m"');
    expect(review(object, { injector }).reason).to.equal('invalid-settings');
  });

  it('is told once where its value does not parse', () => {
    const object = withAnnotations({ 'outrider.io/proxy-cpu': 'lots' });
    expect(denial(object, { injector })).to.equal(
      'outrider: pod annotation outrider.io/proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
    );
  });
});

describe('a setting that a namespace enforces', () => {
  it('holds for its pods, at its own value, that of the ConfigMap or the default', () => {
    const object = withAnnotations({ 'outrider.io/proxy-cpu': '70m' });
    const annotations = { 'outrider.io/enforced': 'proxy-cpu' };
    const by =
      ' is not valid: expected "VALUE" or no value: namespace annotation outrider.io/enforced enforces it';
    const expected = (value: string): string =>
      `outrider: pod annotation outrider.io/proxy-cpu: "70m"${by.replace('VALUE', value)}`;
    expect(denial(object, { annotations })).to.equal(expected('100m'));
    const own = { ...annotations, 'outrider.io/proxy-cpu': '80m' };
    expect(denial(object, { annotations: own })).to.equal(expected('80m'));
    const injector = config({ 'proxy-cpu': '60m' });
    expect(denial(object, { annotations, injector })).to.equal(expected('60m'));
    expect(denial(object, { annotations: own, injector })).to.equal(expected('80m'));
  });

  it('gives way to the ConfigMap, where that enforces it as well', () => {
    const injector = config({ enforced: 'proxy-cpu' });
    const annotations = { 'outrider.io/enforced': 'proxy-cpu', 'outrider.io/proxy-cpu': '80m' };
    expect(denial(withAnnotations({ 'outrider.io/proxy-cpu': '80m' }), { injector, annotations })).to.equal(
      'outrider: namespace annotation outrider.io/proxy-cpu: "80m" is not valid: ' +
        'expected "100m" or no value: ConfigMap outrider-config enforces it; ' +
        'pod annotation outrider.io/proxy-cpu: "80m" is not valid: ' +
        'expected "100m" or no value: ConfigMap outrider-config enforces it',
    );
  });

  it('changes nothing about pods that do not contradict it', () => {
    const annotations = { 'outrider.io/enforced': 'proxy-cpu,inject' };
    expect(inject(pod(), { annotations })).to.deep.equal(inject(pod()));
  });
});

describe('enforcing what is no setting', () => {
  it('is an error of the ConfigMap, which is refused', () => {
    expect(parseConfig({ enforced: 'proxy-cpus', 'proxy-cpu': '1' })).to.deep.equal({
      ok: false,
      problems: [
        'ConfigMap outrider-config enforced: "proxy-cpus" is not valid: expected known settings, not "proxy-cpus": did you mean proxy-cpu?',
      ],
    });
  });

  it('is told of each at once', () => {
    expect(parseConfig({ enforced: 'proxy-cpus,inject,injekt,' })).to.deep.equal({
      ok: false,
      problems: [
        'ConfigMap outrider-config enforced: "proxy-cpus,inject,injekt," is not valid: expected known settings, not "proxy-cpus", "injekt", "": did you mean proxy-cpu, inject, inject?',
      ],
    });
  });

  it('is an error of the namespace, of which its pods are denied', () => {
    expect(denial(pod(), { annotations: { 'outrider.io/enforced': 'injekt' } })).to.equal(
      'outrider: namespace annotation outrider.io/enforced: "injekt" is not valid: ' +
        'expected known settings, not "injekt": did you mean inject?',
    );
  });

  it('is an error of a pod, which has nobody to enforce anything upon', () => {
    expect(denial(withAnnotations({ 'outrider.io/enforced': 'proxy-cpu' }))).to.equal(
      'outrider: pod annotation outrider.io/enforced: "proxy-cpu" is not valid: ' +
        'expected it on the namespace: a pod enforces nothing',
    );
  });
});

describe('an override of the proxy container', () => {
  it('has to be refused where anything is enforced, by whomever', () => {
    const enforced = (by: string, ...keys: string[]) => ({ enforced: { by, keys } });
    expect(anythingEnforcedBy([enforced('a'), enforced('b')])).to.equal(undefined);
    expect(anythingEnforcedBy([enforced('a'), enforced('b', 'inject')])).to.equal('b');
    expect(anythingEnforcedBy([enforced('a', 'proxy-cpu'), enforced('b')])).to.equal('a');
  });

  const annotations = { 'outrider.io/enforced': 'proxy-cpu' };

  it('is denied there, also where it says nothing against the setting', () => {
    const spec = { containers: [{ name: 'shop' }, { name: 'outrider-proxy', image: 'auto' }] };
    expect(denial(pod({ spec }), { annotations })).to.equal(
      'outrider: container outrider-proxy: cannot be overridden: namespace annotation outrider.io/enforced enforces settings; remove it',
    );
  });

  it('is undone there where another webhook made it, but for what the API server does by itself', () => {
    const honest = inject(pod(), { annotations });
    const changed = structuredClone(honest);
    const [proxy, init] = changed.spec.initContainers;
    proxy.image = `registry.example/${proxy.image}`;
    init.image = `registry.example/${init.image}`;
    proxy.env.push({ name: 'LD_PRELOAD', value: '/evil.so' });
    proxy.lifecycle = { preStop: { sleep: { seconds: 1 } } };
    proxy.resources.limits.memory = '1Gi';
    expect(inject(changed, { annotations })).to.deep.equal(honest);
    honest.spec.initContainers[0].imagePullPolicy = 'Always';
    expect(review(honest, { annotations }).answer).to.deep.equal({ kind: 'allowed' });
  });
});

describe('injection that is enforced', () => {
  const optedOut = pod({ metadata: { labels: { 'outrider.io/inject': 'false' } } });
  const annotations = { 'outrider.io/enforced': 'inject' };

  it('denies a pod of an enabled namespace that opts out, and names who enforces it', () => {
    const injector = config({ enforced: 'inject' });
    const message = (by: string): string =>
      `outrider: label outrider.io/inject: "false" is not valid: expected "true" or no label: ${by} enforces it`;
    expect(denial(optedOut, { annotations })).to.equal(message('namespace annotation outrider.io/enforced'));
    expect(denial(optedOut, { injector })).to.equal(message('ConfigMap outrider-config'));
    expect(review(optedOut, { annotations }).reason).to.equal('opt-out-enforced');
  });

  for (const label of [undefined, 'on', 'disabled']) {
    it(`enforces nothing in a namespace labelled ${label ?? 'nothing'}`, () => {
      expect(review(optedOut, { annotations, label }).decision).to.equal('skip');
    });
  }

  it('leaves a pod alone that would not get a proxy anyway', () => {
    const object = { ...optedOut, spec: { ...optedOut.spec, hostNetwork: true } };
    expect(review(object, { annotations })).to.include({ decision: 'skip', reason: 'host-network' });
  });
});
