import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { table } from '../../settings/table.ts';
import { remarks } from '../../tools/settings-reference/remarks.ts';
import { renderReference } from '../../tools/settings-reference/render.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/settings-reference.md', () => {
  const text = read('docs/settings-reference.md');

  it('is what `make docs` writes', () => {
    expect(text === renderReference(), 'run make docs').to.equal(true);
  });

  it('says of a setting all that there is to say', () => {
    expect(text).to.include(`### drain-seconds

How long the proxy stays at least, once its pod is deleted. At most the pod's \`terminationGracePeriodSeconds\`, to which it is lowered: [nodes.md](nodes.md#the-end-of-a-pod).

| | |
| --- | --- |
| annotation | \`outrider.io/drain-seconds\` on the pod or its namespace |
| ConfigMap | \`drain-seconds\` |
| flag | \`--drain-seconds\` of \`outrider bootstrap\` |
| value | a number of seconds from 0 to 86400 |
| default | \`0\` |
| can be enforced | yes |
| example | \`outrider.io/drain-seconds: "10"\` |
`);
    expect(text).to.include(`### proxy-gid

Group ids whose traffic is the proxy's own. In a pod with \`redirect-mode: tproxy\` the webhook gives it.

| | |
| --- | --- |
| flag | \`--proxy-gid\` of \`outrider bootstrap\` and \`outrider-init\`; variable \`OUTRIDER_PROXY_GID\` |
| value | a numeric group id from 1 to 4294967294 |
| default | none |
| can be enforced | no |
| example | \`--proxy-gid 51337\` |
`);
  });

  it('has a remark on every setting, and on none that is gone', () => {
    expect(Object.keys(remarks).sort()).to.deep.equal(table.map(({ key }) => key).sort());
  });

  for (const { key, parse: read, scope } of table) {
    it(`has an example of ${key} that holds`, () => {
      const { example = '' } = remarks[key] ?? {};
      expect(read(example)).to.include({ ok: true });
      if (scope === 'command') return;
      const [, line = ''] = new RegExp(`\`(outrider.io/${key}: .*)\``).exec(text) ?? [];
      expect(parse(line)).to.deep.equal({ [`outrider.io/${key}`]: example });
    });
  }
});

describe('the README', () => {
  it('names settings that exist', () => {
    const [, list = ''] = /\n## Settings\n(.*?)\n## /s.exec(read('README.md')) ?? [];
    const rows = [...list.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
    expect(rows.length).to.be.above(10);
    const keys = table.map(({ key }) => `\`${key}\``);
    expect(rows.filter((name) => !keys.includes(name))).to.deep.equal([]);
  });
});
