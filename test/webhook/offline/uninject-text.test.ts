import { expect } from 'chai';
import { stringify } from 'yaml';
import { podHolders } from '../../../webhook/offline/pod-holders.ts';
import { uninjectText } from '../../../webhook/offline/uninject-text.ts';
import { type AnyPod, inject, pod, withServiceAccountToken } from '../pods.ts';
import { injected, podsIn, problemsOf, uninjected } from './corpus.ts';

const probe = (periodSeconds: number): object => ({ tcpSocket: { port: 8080 }, periodSeconds });

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

  it('takes TCP probes back from the proxy, and our volume from the names of others', () => {
    const annotations = { 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'data' };
    const containers = [{ name: 'shop', livenessProbe: { periodSeconds: 5, tcpSocket: { port: 'http' } } }];
    const ports = [{ name: 'http', containerPort: 8080 }];
    const object = pod({ metadata: { annotations }, spec: { containers: [{ ...containers[0], ports }] } });
    expect(podsIn(uninjected(JSON.stringify(inject(object))))).to.deep.equal([object]);
  });

  it('takes a probe back as it has been edited since', () => {
    const text = stringify(pod({ spec: { containers: [{ name: 'shop', livenessProbe: probe(6) }] } }));
    const edited = injected(text).replace(/^( +)periodSeconds: 6$/m, '$1periodSeconds: 7');
    const [{ spec }] = podsIn(uninjected(edited)) as [AnyPod];
    expect(spec.containers[0].livenessProbe).to.deep.equal(probe(7));
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
    for (const forged of [
      '{"/spec/volumes":" [{name: a}]"}',
      '{"/spec/volumes":" [], b: 1"}',
      '{"/spec/containers/0/livenessProbe":" {}, b: 1"}',
      '{"/spec/containers/0/livenessProbe":"\\nb: 1"}',
      '{"/spec/containers/0/image":" evil:1"}',
      '[',
      '{"a":1}',
    ]) {
      const changed = text.replace(annotation, `outrider.io/original: '${forged}'`);
      expect(problemsOf(uninjectText(changed, podHolders)), forged).to.deep.equal([
        `document 1 (line 1), Pod/shop: annotation outrider.io/original: ${JSON.stringify(forged)} is not as outrider wrote it: remove it, and what was empty before goes as a whole`,
      ]);
    }
  });

  it('refuses what is used elsewhere', () => {
    const text = injected(stringify(pod())).replace('initContainers:', 'initContainers: &ours');
    expect(problemsOf(uninjectText(`${text}more: *ours\n`, podHolders))).to.deep.equal([
      'document 1 (line 1), Pod/shop: spec.initContainers: its anchor &ours is used elsewhere, where the change would land too: write out what the aliases stand for',
    ]);
  });
});
