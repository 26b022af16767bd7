import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderChecked, renderCheckedJson } from '../../../webhook/offline/check-report.ts';
import { type CheckedText, type CheckInput, checkText } from '../../../webhook/offline/check-text.ts';
import { readConfig } from '../../../webhook/offline/read-config.ts';
import { corpus, injected, offline } from './corpus.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec: {containers: [{name: shop}]}\n';

const check = (text: string, input: Partial<CheckInput> = {}): CheckedText =>
  checkText(text, { ...offline, namespaceLabel: undefined, ...input });

function decisionsOf(text: string, input?: Partial<CheckInput>): readonly string[] {
  const result = check(text, input);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.checked.map(({ explanation: { decision, reason } }) => `${decision}: ${reason}`);
}

describe('the check of a file', () => {
  const config = readConfig('proxy-log-level: debug\n');
  const injector = { ...offline.injector, ...(config.ok && { config: config.config }) };

  it('tells each rule, each setting with its origin, and the warnings', () => {
    const result = check(read('golden/check.yaml'), { injector });
    expect(result.ok && renderChecked(result.checked)).to.equal(read('golden/check.txt'));
  });

  it('tells the same as JSON, with the defaults', () => {
    const result = check(read('golden/check.yaml'), { injector });
    const { checked } = JSON.parse(result.ok ? renderCheckedJson(result.checked) : '{}');
    expect(checked).to.have.length(3);
    const [{ rules, settings, ...web }, { settings: none }] = checked;
    expect(web).to.deep.equal({
      where: 'document 2 (line 8)',
      object: 'Deployment/web',
      namespace: { name: 'shop', label: 'enabled', known: 'read' },
      proxy: 'absent',
      decision: 'inject',
      reason: 'namespace-enabled',
      message: 'the namespace is labelled outrider.io/injection=enabled',
      patched: true,
      warnings: [
        'pod annotation outrider.io/exclude-outbound-cidrs: fd00::/8 has no effect: ipv6 is not captured',
      ],
    });
    expect(rules[6]).to.deep.equal({
      rule: 'host-network',
      outcome: 'passed',
      message: 'the pod has a network of its own',
    });
    expect(settings).to.deep.include({ key: 'proxy-memory', value: '64Mi', source: 'default' });
    expect(settings).to.have.length(33);
    expect(none).to.deep.equal([]);
  });

  it('takes the label of a namespace that the file does not hold from its caller', () => {
    expect(decisionsOf(pod)).to.deep.equal(['skip: not-enabled']);
    expect(decisionsOf(pod, { namespaceLabel: 'enabled' })).to.deep.equal(['inject: namespace-enabled']);
    expect(decisionsOf(pod, { namespaceLabel: 'disabled' })).to.deep.equal(['skip: namespace-disabled']);
    const namespace =
      'kind: Namespace\nmetadata: {name: default, labels: {outrider.io/injection: disabled}}\n';
    expect(decisionsOf(`${pod}---\n${namespace}`, { namespaceLabel: 'enabled' })).to.deep.equal([
      'skip: namespace-disabled',
    ]);
  });

  it('warns of a word on the namespace that we do not know', () => {
    const result = check(pod, { namespaceLabel: 'on' });
    expect(result.ok && result.checked[0]?.explanation.warnings).to.deep.equal([
      'label outrider.io/injection of namespace default: "on" is not valid: expected enabled or disabled: it counts as none',
    ]);
  });

  it('tells who enforces what the pod says against', () => {
    const enforcing = readConfig('enforced: inject,proxy-cpu\n');
    if (!enforcing.ok) throw new Error(enforcing.problems.join());
    const input = { namespaceLabel: 'enabled', injector: { ...offline.injector, config: enforcing.config } };
    const result = (metadata: string): unknown => {
      const checked = check(pod.replace('name: shop}', `name: shop, ${metadata}}`), input);
      return checked.ok && checked.checked[0]?.explanation.rules.at(-1)?.rule;
    };
    expect(result('labels: {outrider.io/inject: "false"}')).to.equal('opt-out-enforced');
    expect(
      decisionsOf(pod.replace('name: shop}', 'name: shop, annotations: {outrider.io/proxy-cpu: 1m}}'), input),
    ).to.deep.equal(['deny: enforced']);
  });

  it('says so where every setting is at its default', () => {
    const result = check(pod, { namespaceLabel: 'enabled' });
    expect(result.ok && renderChecked(result.checked)).to.include(
      '\n  setting    all are at their defaults\n',
    );
  });

  it('has nothing to tell of a file without pods', () => {
    expect(check('kind: Service\n')).to.deep.equal({ ok: true, checked: [] });
  });

  it('gives the problems of all documents at once', () => {
    expect(
      check(
        `a: [\n---\nkind: Deployment\napiVersion: apps/v1\n---\n${pod.replace('{name: shop}', '{labels: 1, annotations: 2}')}`,
      ),
    ).to.deep.equal({
      ok: false,
      problems: [
        'document 1 (line 1): line 2: Flow sequence in block collection must be sufficiently indented and end with a ]',
        'document 2 (line 3), Deployment: spec.template: expected an object, the template of its pods: write it',
        'document 3 (line 6), Pod: metadata.labels: expected an object',
        'document 3 (line 6), Pod: metadata.annotations: expected an object',
      ],
    });
  });

  it('agrees with what injection does to every document of the corpus', () => {
    for (const { name, text } of corpus) {
      const decisions = decisionsOf(text, { namespaceLabel: 'enabled' });
      expect(decisions.length, name).to.be.above(0);
      if (name !== 'namespace-in-the-file.yaml')
        expect(new Set(decisions), name).to.deep.equal(new Set(['inject: namespace-enabled']));
      expect(injected(text), name).to.not.equal(text);
    }
  });
});
