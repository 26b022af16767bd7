import { expect } from 'chai';
import { reviewDefaults } from '../../../webhook/admission/review-defaults.ts';
import { parseConfig } from '../../../webhook/decision/config.ts';
import { injector } from '../pods.ts';

const review = (kind: string, object: object, config: Record<string, string> = {}, group = '') => {
  const parsed = parseConfig(config);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  const request = {
    uid: 'u',
    operation: 'UPDATE',
    namespace: 'shop',
    kind: { group, version: 'v1', kind },
    object: object as Record<string, unknown>,
  };
  return reviewDefaults(request, { ...injector, config: parsed.config });
};
const namespace = (annotations: object): object => ({ metadata: { name: 'shop', annotations } });

describe('the review of defaults', () => {
  it('tells all for which a version of the ConfigMap will not be taken', () => {
    expect(review('ConfigMap', { data: { 'proxy-cpu': 'lots', enforced: 'injekt' } })).to.deep.equal([
      'this version is not taken: ConfigMap outrider-config proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
      'this version is not taken: ConfigMap outrider-config enforced: "injekt" is not valid: expected known settings, not "injekt": did you mean inject?',
    ]);
  });

  it('tells what of the ConfigMap has no effect', () => {
    expect(review('ConfigMap', { data: { 'exclude-inbound-ports': '15020' } })).to.deep.equal([
      'ConfigMap outrider-config exclude-inbound-ports: 15020 has no effect: a port of the proxy itself, never captured',
    ]);
  });

  it("tells all for which a namespace's annotations will have its pods refused, against the ConfigMap too", () => {
    const annotations = {
      'outrider.io/proxy-cpu': '70m',
      'outrider.io/proxy-cpus': '1',
      'outrider.io/inject': 'x',
    };
    const of = (what: string): string =>
      `pods that get a proxy here will be refused: namespace annotation ${what}`;
    expect(review('Namespace', namespace(annotations), { enforced: 'proxy-cpu' })).to.deep.equal([
      of('outrider.io/inject: "x" is not valid: expected it as a label: it is no annotation'),
      of(
        'outrider.io/proxy-cpus: "1" is not valid: expected a known setting: did you mean outrider.io/proxy-cpu?',
      ),
      of(
        'outrider.io/proxy-cpu: "70m" is not valid: expected "100m" or no value: ConfigMap outrider-config enforces it',
      ),
    ]);
  });

  it('tells what of a namespace has no effect, given the ConfigMap', () => {
    const object = namespace({ 'outrider.io/exclude-inbound-ports': '22' });
    expect(review('Namespace', object)).to.deep.equal([]);
    expect(review('Namespace', object, { 'include-inbound-ports': '8080' })).to.deep.equal([
      'namespace annotation outrider.io/exclude-inbound-ports: 22 has no effect: not in include-inbound-ports',
    ]);
  });

  it('tells nothing of what is good, absent, no text, or of another kind', () => {
    const data = { 'proxy-cpu': '50m' };
    expect(review('ConfigMap', { data })).to.deep.equal([]);
    expect(review('ConfigMap', {})).to.deep.equal([]);
    expect(review('ConfigMap', { data: { 'proxy-cpu': 7 } })).to.deep.equal([]);
    expect(review('Namespace', { metadata: {} })).to.deep.equal([]);
    expect(review('Namespace', namespace({ 'example.io/proxy-cpu': 'lots' }))).to.deep.equal([]);
    expect(review('Secret', { data: { a: 'b' } })).to.deep.equal([]);
    expect(review('ConfigMap', { data: { a: 'b' } }, {}, 'example.io')).to.deep.equal([]);
  });
});
