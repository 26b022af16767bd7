import { expect } from 'chai';
import { readAnnotations } from '../../../webhook/decision/annotations.ts';

describe('the settings among annotations', () => {
  it('are those under our prefix, without it; others and our own marks are none', () => {
    const read = readAnnotations('pod annotation', {
      'outrider.io/proxy-cpu': '1',
      'outrider.io/status': '{}',
      'outrider.io/original': '{}',
      'example.io/proxy-cpu': '2',
      'notoutrider.io/proxy-cpu': '3',
      'outrider.io': '4',
    });
    expect(read).to.deep.equal({
      layer: {
        source: 'pod annotation',
        values: [{ key: 'proxy-cpu', name: 'outrider.io/proxy-cpu', text: '1' }],
      },
      enforced: { by: 'pod annotation outrider.io/enforced', keys: [] },
      errors: [],
      ignored: [],
    });
  });

  it('may be enforced by a namespace, which is no setting itself', () => {
    const read = readAnnotations('namespace annotation', {
      'outrider.io/enforced': 'proxy-cpu, inject',
      'outrider.io/proxy-cpu': '1',
    });
    expect(read.layer.values.map(({ key }) => key)).to.deep.equal(['proxy-cpu']);
    expect(read.enforced).to.deep.equal({
      by: 'namespace annotation outrider.io/enforced',
      keys: ['proxy-cpu', 'inject'],
    });
    expect(read.errors).to.deep.equal([]);
  });

  for (const name of ['outrider.io/inject', 'outrider.io/injection']) {
    it(`never hold ${name}, which is a label`, () => {
      const { layer, errors } = readAnnotations('pod annotation', { [name]: 'true' });
      expect(layer.values).to.deep.equal([]);
      expect(errors).to.deep.equal([
        { source: 'pod annotation', name, text: 'true', expected: 'it as a label: it is no annotation' },
      ]);
    });
  }
});
