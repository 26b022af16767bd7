import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { readSources } from './sources.ts';

const root = join(import.meta.dirname, '../..');
const documents = globSync(['*.md', 'docs/**/*.md', 'test/**/*.md', 'charts/**/*.md'], { cwd: root }).sort();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Names of places that a link may lead to, as GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

/** Links and pictures: `[text](target)`, `![text](target)`, `<source srcset="target">`, `<img src="target">`. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, source]) => link ?? source ?? '',
  );

/** Folders and files of the repository that are named in a text, and can be looked at. */
const pathsOf = (text: string): string[] =>
  [...text.matchAll(/`((?:test|manifests|charts|docs|tools|settings)\/[\w./-]+)`/g)].map(
    ([, path = '']) => path,
  );

describe('the documents', () => {
  it('are found, with links between them', () => {
    expect(documents).to.include.members(['README.md', 'ARCHITECTURE.md', 'docs/settings.md']);
    expect(linksOf(read('README.md')).length).to.be.above(20);
    expect(anchorsOf('# What a review costs\n## 8. Files, and `check`\n')).to.deep.equal([
      'what-a-review-costs',
      '8-files-and-check',
    ]);
  });

  for (const path of documents) {
    it(`of ${path} lead to what is there`, () => {
      const text = read(path);
      const broken = linksOf(text).filter((link) => {
        if (/^https?:/.test(link)) return false;
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : relative(root, join(root, dirname(path), file));
        if (!existsSync(join(root, target))) return true;
        return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
      });
      expect(broken).to.deep.equal([]);
      expect(pathsOf(text).filter((one) => !existsSync(join(root, one)))).to.deep.equal([]);
    });
  }

  it('name every folder of the product in the map of the rooms', () => {
    const folders = new Set(readSources().map(({ path }) => dirname(path)));
    const map = read('ARCHITECTURE.md');
    expect([...folders].filter((folder) => !map.includes(`\`${folder}/\``))).to.deep.equal([]);
  });

  it('can be found from the README', () => {
    const found = new Set<string>();
    const visit = (path: string): void => {
      if (found.has(path)) return;
      found.add(path);
      for (const link of linksOf(read(path))) {
        const [file = ''] = link.split('#');
        const target = relative(root, join(root, dirname(path), file));
        if (documents.includes(target)) visit(target);
      }
    };
    visit('README.md');
    const lost = documents.filter(
      (path) => path.startsWith('docs/') && !path.startsWith('docs/adr/') && !found.has(path),
    );
    expect(lost).to.deep.equal([]);
  });
});
