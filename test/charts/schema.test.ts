import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { table } from '../../settings/table.ts';
import { texts } from '../settings/texts.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../charts/outrider/${path}`, import.meta.url), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: JSON Schema, as it is written.
type Schema = any;
const schema: Schema = JSON.parse(read('values.schema.json'));
const config: Record<string, Schema> = schema.properties.config.properties;
const settings = table.filter(({ scope }) => scope === 'annotation');

const resolve = ({ $ref, ...own }: Schema): Schema =>
  $ref === undefined ? own : schema.definitions[$ref.replace('#/definitions/', '')];

/** Whether the schema takes the text. Of JSON Schema that is what the settings' schemas say about a text. */
function takes(key: string, text: string): boolean {
  const { type, enum: words, pattern } = resolve(config[key] ?? {});
  if (words !== undefined) return words.includes(text);
  return [type].flat().includes('string') && new RegExp(pattern).test(text);
}

describe("the chart's schema of the settings", () => {
  it('has every setting that an annotation can give, and what is enforced', () => {
    expect(Object.keys(config)).to.deep.equal([...settings.map(({ key }) => key), 'enforced']);
    expect(config.enforced.items.enum).to.deep.equal([...settings.map(({ key }) => key), 'inject']);
    expect(schema.properties.config.additionalProperties).to.equal(false);
  });

  for (const { key, parse } of settings) {
    it(`takes what the webhook takes for ${key}`, () => {
      fc.assert(
        fc.property(texts[key] ?? fc.constant('no texts for this setting'), (text) => takes(key, text)),
      );
    });

    const words: unknown[] | undefined = resolve(config[key]).enum;
    if (words !== undefined) {
      it(`has the words of ${key}, and no other`, () => {
        const refused = parse('no such word');
        const expected = refused.ok ? '' : refused.expected;
        expect(expected).to.equal(`one of ${[...new Set(words.map(String))].join(', ')}`);
      });
    }
  }

  for (const [key, bad] of [
    ['include-outbound-cidrs', ['all', '10.0.0.0/8;10.1.0.0/16']],
    ['exclude-outbound-ports', ['http', '80;81']],
    ['exclude-interfaces', ['eth+', 'a/b']],
    ['exclude-uids', ['root', '-1']],
    ['drop-invalid', ['yes', 'True', '']],
    ['proxy-image', ['', 'envoy proxy']],
    ['proxy-log-level', ['warn']],
    ['access-log', ['on']],
    ['inbound-protocol', ['8080', '8080=https', 'http=8080']],
    ['allow-outbound-hosts', ['https://example.com/']],
    ['tracing-endpoint', ['collector']],
    ['tracing-sampling', ['1%', '0.00001', '-1']],
    ['proxy-concurrency', ['0', 'two']],
    ['proxy-cpu', ['', 'much', '-1', '100 m']],
    ['proxy-ephemeral-storage', ['1GB']],
    ['drain-seconds', ['5s', '-1', '']],
  ] as const) {
    it(`refuses at once what the webhook would refuse later for ${key}`, () => {
      const setting = settings.find((one) => one.key === key);
      for (const text of bad) {
        expect(setting?.parse(text).ok, `the webhook, ${JSON.stringify(text)}`).to.equal(false);
        expect(takes(key, text), `the schema, ${JSON.stringify(text)}`).to.equal(false);
      }
    });
  }
});

describe("the chart's values", () => {
  /** Paths of the values that are no objects, or of which the schema does not know what is in them. */
  const leaves = (values: Schema, { properties, ...of }: Schema, path: string): string[] =>
    properties === undefined || of.additionalProperties !== false
      ? [path]
      : Object.entries(values ?? {}).flatMap(([key, value]) =>
          leaves(value, resolve(properties[key] ?? {}), path === '' ? key : `${path}.${key}`),
        );
  const known = (of: Schema, path: string): string[] =>
    of.properties === undefined
      ? [path]
      : Object.entries(of.properties).flatMap(([key, one]) =>
          known(resolve(one), path === '' ? key : `${path}.${key}`),
        );
  const values = parse(read('values.yaml'));

  it('are all that the schema knows, with their defaults', () => {
    const expected = known(schema, '').filter((path) => !path.startsWith('config.') && path !== 'global');
    expect(
      leaves({ ...values, config: undefined }, schema, '').filter((path) => path !== 'config'),
    ).to.deep.equal(expected);
    expect(values.config).to.deep.equal({});
  });

  it('of no object may there be others', () => {
    const open = (of: Schema, path: string): string[] =>
      of.properties === undefined
        ? []
        : [
            ...(of.additionalProperties === false ? [] : [path]),
            ...Object.entries(of.properties).flatMap(([key, one]) => open(resolve(one), `${path}/${key}`)),
          ];
    expect(open(schema, '')).to.deep.equal([]);
  });
});
