import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const values = parse(read('charts/outrider/values.yaml'));

/** The rows of the table of values: path and default, without backticks. */
const rows = [...read('docs/helm.md').matchAll(/^\| `([\w.]+)` \| (.*?) \| /gm)].map(
  ([, path = '', text = '']) => ({
    path,
    text,
  }),
);

describe('the documentation of the values', () => {
  it('has every value, in the order of the file', () => {
    const paths = new Set(rows.map(({ path }) => path));
    const leaves = (value: unknown, path: string): string[] =>
      paths.has(path) || value === null || typeof value !== 'object' || Array.isArray(value)
        ? [path]
        : Object.entries(value).flatMap(([key, inner]) =>
            leaves(inner, path === '' ? key : `${path}.${key}`),
          );
    expect(rows.map(({ path }) => path)).to.deep.equal(leaves(values, ''));
  });

  for (const { path, text } of rows) {
    it(`has the default of ${path}`, () => {
      const value = path.split('.').reduce((inner, key) => inner[key], values);
      const empty = value !== null && typeof value === 'object' && Object.keys(value).length === 0;
      if (empty) expect(text).to.equal('none');
      else if (typeof value !== 'object') expect(text).to.equal(`\`${value === '' ? '""' : value}\``);
      else expect(text).not.to.equal('none');
    });
  }
});
