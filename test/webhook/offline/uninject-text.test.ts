import { expect } from 'chai';
import { stringify } from 'yaml';
import { podHolders } from '../../../webhook/admission/pod-holders.ts';
import { uninjectText } from '../../../webhook/offline/uninject-text.ts';
import { inject, pod, withServiceAccountToken } from '../pods.ts';
import { injected, podsIn, problemsOf, uninjected } from './corpus.ts';

describe('the way back', () => {
  it('is that of a pod that the webhook has injected, too', () => {
    const objects = [
      pod(),
      pod({
        metadata: { annotations: { a: 'b' } },
        spec: { initContainers: [{ name: 'migrate' }], volumes: [{ name: 'data', emptyDir: {} }] },
      }),
    ];
    for (const object of objects) {
      expect(podsIn(uninjected(stringify(inject(object))))).to.deep.equal([object]);
      expect(podsIn(uninjected(JSON.stringify(inject(object))))).to.deep.equal([object]);
    }
  });

  it('takes our volume from the names that a cluster autoscaler is told, however they were written', () => {
    const name = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
    for (const written of ['data,cache', "'data,cache'   # both", '"data\\u002ccache"']) {
      const text = `kind: Pod\napiVersion: v1\nmetadata:\n  annotations:\n    ${name}: ${written}\nspec:\n  containers:\n  - name: shop\n`;
      expect(podsIn(injected(text))[0].metadata.annotations[name]).to.equal('data,cache,outrider-run');
      expect(uninjected(injected(text))).to.equal(text);
    }
  });

  it('leaves alone what others have added since', () => {
    const [bare] = podsIn(uninjected(JSON.stringify(withServiceAccountToken(inject(pod())))));
    expect(bare).to.deep.equal({ ...withServiceAccountToken(pod()) });
  });

  it("leaves alone a user's container or volume of a name of ours, where the pod is not injected", () => {
    const text = stringify(pod({ spec: { initContainers: [{ name: 'outrider-init' }] } }));
    expect(uninjected(text)).to.equal(text);
  });

  it('keeps what has been edited since', () => {
    const text = injected(stringify(pod()));
    const edited = `# now with a comment\n${text.replace('shop:1', 'shop:2')}`;
    expect(uninjected(edited)).to.equal(
      `# now with a comment\n${stringify(pod()).replace('shop:1', 'shop:2')}`,
    );
  });

  it('says of each object what became of it', () => {
    const result = uninjectText(`${injected(stringify(pod()))}---\n${stringify(pod())}`, podHolders);
    expect(result.ok && result.notes.map((note) => note.replace(/\(line \d+\)/, '(line n)'))).to.deep.equal([
      'document 1 (line n), Pod/shop: taken back',
      'document 2 (line n), Pod/shop: not injected: unchanged',
    ]);
  });

  it('does not write what a forged mark says', () => {
    const text = injected(stringify(pod({ spec: { volumes: [] } })));
    const [annotation = ''] = /outrider.io\/original: .*/.exec(text) ?? [];
    expect(annotation).to.equal(`outrider.io/original: '{"/spec/volumes":" []"}'`);
    for (const [forged, named] of [
      ['{"/spec/volumes":" [{name: a}]"}', ' [{name: a}]'],
      ['{"/spec/volumes":" [], b: 1"}', ' [], b: 1'],
      ['{"/spec/volumes":1}', '{"/spec/volumes":1}'],
      ['[', '['],
      ['1', '1'],
    ]) {
      const changed = text.replace(annotation, `outrider.io/original: '${forged}'`);
      expect(problemsOf(uninjectText(changed, podHolders)), `${forged}`).to.deep.equal([
        `document 1 (line 1), Pod/shop: annotation outrider.io/original: ${JSON.stringify(named)} is not as outrider wrote it: remove the annotation, and the way back is not to the byte`,
      ]);
    }
  });

  it('gives a TCP probe back as it was written, and no other than the one that it was', () => {
    const text = `${stringify(pod())}      livenessProbe: {tcpSocket: {port:   80}}\n`;
    const mark = `{"/spec/containers/shop/livenessProbe/tcpSocket":"tcpSocket: {port:   80}"}`;
    const once = injected(text);
    expect(once).to.include(`outrider.io/original: '${mark}'`);
    expect(uninjected(once.replace(/ +outrider.io\/original: .*\n/, ''))).to.equal(
      text.replace('tcpSocket: {port:   80}', '"tcpSocket": {"port": 80}'),
    );
    for (const entry of ['tcpSocket: {port: 81}', 'exec: {}', 'tcpSocket: {port: 80}, exec: {}']) {
      const changed = once.replace('tcpSocket: {port:   80}"}', `${entry}"}`);
      expect(problemsOf(uninjectText(changed, podHolders)), entry).to.deep.equal([
        `document 1 (line 1), Pod/shop: annotation outrider.io/original: "${entry}" is not as outrider wrote it: remove the annotation, and the way back is not to the byte`,
      ]);
    }
  });

  it('gives TCP probes back that the webhook has taken', () => {
    const object = pod();
    object.spec.containers[0].readinessProbe = { tcpSocket: { port: 80 }, periodSeconds: 1 };
    expect(podsIn(uninjected(stringify(inject(object))))).to.deep.equal([object]);
  });

  it('refuses what is used elsewhere', () => {
    const text = injected(stringify(pod())).replace('initContainers:', 'initContainers: &ours');
    expect(problemsOf(uninjectText(`${text}more: *ours\n`, podHolders))).to.deep.equal([
      'document 1 (line 1), Pod/shop: spec.initContainers: its anchor &ours is used elsewhere, where the change would land too: write out what the aliases stand for',
    ]);
  });
});
