import { expect } from 'chai';
import { istio } from '../../../webhook/migrate/istio.ts';
import { kuma } from '../../../webhook/migrate/kuma.ts';
import { linkerd } from '../../../webhook/migrate/linkerd.ts';
import type { Mesh } from '../../../webhook/migrate/mesh.ts';
import { inject, pod } from '../pods.ts';
import { istioAnnotations, istioLabels, istioNamespaceLabels } from './istio-keys.ts';
import { kumaAnnotations, kumaLabels, kumaNamespace } from './kuma-keys.ts';
import {
  linkerdAnnotations,
  linkerdLabels,
  linkerdNamespaceAnnotations,
  linkerdNamespaceLabels,
} from './linkerd-keys.ts';
import { type Example, migrated } from './migrated.ts';

interface Examples {
  readonly mesh: Mesh;
  readonly on: 'pod' | 'namespace';
  readonly as: 'label' | 'annotation';
  readonly examples: readonly Example[];
}

const all: readonly Examples[] = [
  { mesh: istio, on: 'pod', as: 'annotation', examples: istioAnnotations },
  { mesh: istio, on: 'pod', as: 'label', examples: istioLabels },
  { mesh: istio, on: 'namespace', as: 'label', examples: istioNamespaceLabels },
  { mesh: linkerd, on: 'pod', as: 'annotation', examples: linkerdAnnotations },
  { mesh: linkerd, on: 'pod', as: 'label', examples: linkerdLabels },
  { mesh: linkerd, on: 'namespace', as: 'annotation', examples: linkerdNamespaceAnnotations },
  { mesh: linkerd, on: 'namespace', as: 'label', examples: linkerdNamespaceLabels },
  { mesh: kuma, on: 'pod', as: 'annotation', examples: kumaAnnotations },
  { mesh: kuma, on: 'pod', as: 'label', examples: kumaLabels },
  {
    mesh: kuma,
    on: 'namespace',
    as: 'annotation',
    examples: [...kumaNamespace, ['kuma.io/mesh', 'default', 'no equivalent']],
  },
  {
    mesh: kuma,
    on: 'namespace',
    as: 'label',
    examples: [
      ...kumaNamespace,
      ['kuma.io/mesh', 'default', 'stays'],
      ['kuma.io/system-namespace', 'true', 'stays'],
    ],
  },
];

for (const { mesh, on, as, examples } of all) {
  describe(`${mesh.name}'s ${as}s of a ${on}`, () => {
    it('are all here', () => {
      const known = mesh.rows.filter((row) => row.as === as && row.on.includes(on)).map(({ key }) => key);
      const shown = examples.map(([key]) => key.replace(/(?<=\/aggregate-).*/, '*'));
      expect([...new Set(shown)].sort()).to.deep.equal(known.sort());
    });

    for (const [key, text, expected] of examples) {
      const becomes = typeof expected === 'string' ? expected : JSON.stringify(expected);
      it(`${key}=${text}: ${becomes}`, () => {
        const field = `${as}s`;
        const before =
          on === 'pod' ? pod() : { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
        const result = migrated(
          JSON.stringify({ ...before, metadata: { ...before.metadata, [field]: { [key]: text } } }),
        );
        const { labels = {}, annotations = {}, ...rest } = JSON.parse(result.text).metadata;
        expect(rest).to.deep.equal(before.metadata);

        const marks = Object.entries(typeof expected === 'string' ? {} : expected);
        const ours = (part: 'label' | 'annotation') =>
          marks
            .filter(([name]) => name.startsWith('label ') === (part === 'label'))
            .map(([name, value]) => [`outrider.io/${name.replace('label ', '')}`, value]);
        const stays = expected === 'no equivalent' || expected === 'stays' ? { [key]: text } : {};
        expect(labels).to.deep.equal({ ...Object.fromEntries(ours('label')), ...(as === 'label' && stays) });
        expect(annotations).to.deep.equal({
          ...Object.fromEntries(ours('annotation')),
          ...(as === 'annotation' && stays),
        });
        const word = typeof expected === 'string' ? expected : 'translated';
        expect(result.notes[0]).to.include(`/shop: ${word}: ${as} ${key}`);

        expect(migrated(result.text).text).to.equal(result.text);

        // The webhook takes it: as a pod, and as the namespace of one.
        const surroundings =
          on === 'pod' ? {} : { label: labels['outrider.io/injection'], labels, annotations };
        const injected = inject(on === 'pod' ? JSON.parse(result.text) : pod(), surroundings);
        expect(injected.spec.containers[0].name).to.equal('shop');
      });
    }
  });
}
