import { expect } from 'chai';
import { readConfig } from '../../../webhook/offline/read-config.ts';

const values = [{ key: 'proxy-cpu', name: 'proxy-cpu', text: '50m' }];

const manifest = `apiVersion: v1
kind: ConfigMap
metadata:
  name: outrider-config
data:
  proxy-cpu: 50m
  enforced: proxy-cpu
`;

describe('the settings of the whole cluster, from a file', () => {
  for (const [what, text] of [
    ['the manifest', manifest],
    ['the manifest among others', `kind: Service\n---\n${manifest}---\nkind: ConfigMap\n`],
    ['the data alone', 'proxy-cpu: 50m\nenforced: proxy-cpu\n'],
    ['the data as JSON', '{"proxy-cpu": "50m", "enforced": "proxy-cpu"}'],
  ] as const) {
    it(`are read from ${what}`, () => {
      const source = 'ConfigMap outrider-config';
      expect(readConfig(text)).to.deep.include({
        ok: true,
        config: { layer: { source, values }, enforced: { by: source, keys: ['proxy-cpu'] } },
      });
    });
  }

  for (const text of ['', '# nothing\n', 'kind: ConfigMap\nmetadata: {name: outrider-config}\n']) {
    it(`are none in ${JSON.stringify(text)}`, () => {
      const read = readConfig(text);
      expect(read.ok && read.config.layer.values).to.deep.equal([]);
    });
  }

  for (const [what, text, problem] of [
    [
      'a number',
      'proxy-concurrency: 4\n',
      'document 1 (line 1): settings[proxy-concurrency]: 4 is not valid: expected a string: put it in quotes',
    ],
    [
      'another manifest',
      'kind: ConfigMap\nmetadata: {name: other}\n',
      'expected one ConfigMap outrider-config, or a mapping of settings to texts',
    ],
    [
      'the manifest twice',
      `${manifest}---\n${manifest}`,
      'expected one ConfigMap outrider-config, or a mapping of settings to texts',
    ],
    [
      'an unknown setting',
      'proxy-cup: 50m\n',
      'ConfigMap outrider-config proxy-cup: "50m" is not valid: expected a known setting: did you mean proxy-cpu?',
    ],
    ['a list', '- a\n', 'expected one ConfigMap outrider-config, or a mapping of settings to texts'],
  ] as const) {
    it(`are refused for ${what}`, () => {
      expect(readConfig(text)).to.deep.equal({ ok: false, problems: [problem] });
    });
  }
});
