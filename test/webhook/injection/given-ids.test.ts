import { expect } from 'chai';
import { explainPod } from '../../../webhook/admission/explain-pod.ts';
import { parseGivenIds } from '../../../webhook/injection/given-ids.ts';
import { denial, inject, injector, pod, review, withAnnotations } from '../pods.ts';

const users = 'openshift.io/sa.scc.uid-range';
const groups = 'openshift.io/sa.scc.supplemental-groups';

describe('the ids of a namespace on OpenShift', () => {
  for (const [text, first, last] of [
    ['1000650000/10000', 1000650000, 1000659999],
    ['1000650000-1000659999', 1000650000, 1000659999],
    ['5/1', 5, 5],
  ] as const) {
    it(`are read from ${text}`, () => {
      expect(parseGivenIds({ [users]: text })).to.deep.equal({
        ok: true,
        ids: { first, last, defaults: [first] },
      });
    });
  }

  it('are none elsewhere', () => {
    expect(parseGivenIds({ 'a.io/b': 'c' })).to.deep.equal({ ok: true, ids: undefined });
    expect(parseGivenIds({ [groups]: 'whatever' })).to.deep.equal({ ok: true, ids: undefined });
  });

  it('leave to the application the first user, and the first group of each block', () => {
    const annotations = { [users]: '1000/100', [groups]: '1001/10,1005-1010' };
    expect(parseGivenIds(annotations)).to.have.deep.nested.property('ids.defaults', [1000, 1001, 1005]);
  });

  for (const text of ['', '1000650000', '1000650000/0', '10-9', '-1/5', '4294967290/10', 'a/b', '1/2/3']) {
    it(`refuse the pod where they are malformed, by name: ${JSON.stringify(text)}`, () => {
      const expected = `is not valid: expected first/count or first-last, such as 1000650000/10000`;
      expect(denial(pod(), { annotations: { [users]: text, [groups]: text } })).to.equal(
        `outrider: namespace annotation ${users}: ${JSON.stringify(text)} ${expected}; ` +
          `namespace annotation ${groups}: ${JSON.stringify(text)} ${expected}`,
      );
      expect(review(pod(), { annotations: { [users]: text } }).reason).to.equal('invalid-namespace');
    });
  }
});

describe('the uid of the proxy on OpenShift', () => {
  const annotations = { [users]: '1000650000/10000', [groups]: '1000650000/10000' };

  /** By what runs as it, and by the rules that leave its traffic alone. */
  const uidsOf = (object: object, given: Record<string, string> = annotations): unknown[] => {
    const [proxy, init] = inject(object as ReturnType<typeof pod>, { annotations: given }).spec
      .initContainers;
    const { runAsUser, runAsGroup } = proxy.securityContext;
    return [runAsUser, runAsGroup, JSON.parse(init.env[0].value)['proxy-uid']];
  };

  it('is the second of the range: the first is what the application gets', () => {
    expect(uidsOf(pod())).to.deep.equal([1000650001, 1000650001, '1000650001']);
  });

  it('is the next that nothing in the pod asks for', () => {
    const securityContext = { runAsUser: 1000650001, fsGroup: 1000650002 };
    expect(uidsOf(pod({ spec: { securityContext } }))).to.deep.equal([1000650003, 1000650003, '1000650003']);
  });

  it('stays where the plugin has given the application its own', () => {
    const injected = inject(pod(), { annotations });
    injected.spec.containers[0].securityContext = { runAsUser: 1000650000 };
    injected.spec.securityContext = { fsGroup: 1000650000 };
    expect(review(injected, { annotations }).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('is told by the explanation', () => {
    const explained = explainPod(
      pod(),
      { name: 'shop', namespace: { label: 'enabled', annotations } },
      injector,
    );
    if (!explained.ok) throw new Error(explained.problems.join('; '));
    const origin = explained.explanation.settings.find(({ key }) => key === 'proxy-uid');
    expect(origin).to.include({
      value: '1000650001',
      source: 'chosen for this pod',
    });
  });

  it('is never that of root', () => {
    expect(uidsOf(pod(), { [users]: '0/10' })).to.deep.equal([1, 1, '1']);
  });

  it('is what a setting asks for, in the range or not', () => {
    expect(uidsOf(withAnnotations({ 'outrider.io/proxy-uid': '2000' }))).to.deep.equal([2000, 2000, '2000']);
  });

  it('is a reason to refuse the pod where none is left', () => {
    const securityContext = { runAsUser: 1001 };
    expect(denial(pod({ spec: { securityContext } }), { annotations: { [users]: '1000/2' } })).to.equal(
      `outrider: namespace annotation ${users}: no user id from 1000 to 1001 is left for the proxy; widen it`,
    );
  });
});
