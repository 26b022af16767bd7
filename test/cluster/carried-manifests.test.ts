import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { useCluster } from './fixture.ts';
import { kubectl } from './kubectl.ts';

const root = join(import.meta.dirname, '../..');

describe('the manifests that the executable carries', () => {
  const cluster = useCluster();

  it('are what kubectl makes of them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-kustomization-'));
    const manifests = relative(folder, join(root, 'manifests'));
    const sorted = (text: string): unknown[] =>
      parseAllDocuments(text)
        .map((document) => document.toJS())
        .sort((a, b) => (`${a.kind}/${a.metadata.name}` < `${b.kind}/${b.metadata.name}` ? -1 : 1));
    const component = (name: string): string => join(manifests, name);
    for (const [version, kustomization, ...revision] of [
      ['1.35', { resources: [manifests] }],
      ['1.29', { resources: [manifests], components: [component('kubernetes-1.29')] }],
      ['1.35', { resources: [manifests], components: [component('revision')] }, 'canary'],
      [
        '1.29',
        { resources: [manifests], components: [component('kubernetes-1.29'), component('revision')] },
        'canary',
      ],
    ] as const) {
      await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
      const expected = sorted(await kubectl(cluster(), ['kustomize', folder]));
      const flags = revision.flatMap((name) => ['--revision', name]);
      const install = ['install', '-o', 'yaml', '--kubernetes-version', version, ...flags];
      const printed = await execa(join(root, 'dist/outrider'), install);
      expect(expected.length).to.be.above(8);
      expect(sorted(printed.stdout), version).to.deep.equal(expected);
    }
    await rm(folder, { recursive: true });
  });
});
