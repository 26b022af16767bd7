import { expect } from 'chai';
import fc from 'fast-check';
import { stringify, type ToStringOptions } from 'yaml';
import type { AnyPod } from '../pods.ts';
import { injected, podsIn, uninjected } from './corpus.ts';

/** A list or mapping as it is written where it says nothing, and with something in it. */
const sayingNothing = fc.constantFrom(undefined, null, 'empty');

const probe = fc.oneof(
  fc.constant({ exec: { command: ['a'] } }),
  fc.record({ tcpSocket: fc.record({ port: fc.constantFrom(80, 'web') }), periodSeconds: fc.constant(1) }),
  fc.record({ timeoutSeconds: fc.constant(1), tcpSocket: fc.record({ port: fc.constant(80) }) }),
);

const container = fc.record({
  ports: fc.constant([{ name: 'web', containerPort: 80 }]),
  livenessProbe: probe,
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/),
  image: fc.constantFrom('shop:1', 'registry/shop@sha256:0'),
  env: fc.array(fc.record({ name: fc.constant('A'), value: fc.string({ unit: 'binary' }) }), {
    maxLength: 2,
  }),
});

/** Kubernetes takes no two of one name. */
const containers = fc.uniqueArray(container, { minLength: 1, maxLength: 2, selector: ({ name }) => name });

const pod = fc
  .record({
    annotations: fc.oneof(
      sayingNothing,
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: 'binary' }), {
        minKeys: 1,
        maxKeys: 3,
      }),
    ),
    initContainers: fc.oneof(sayingNothing, containers),
    volumes: fc.oneof(
      sayingNothing,
      fc.array(fc.record({ name: fc.constant('data'), emptyDir: fc.constantFrom({}, null) }), {
        minLength: 1,
        maxLength: 1,
      }),
    ),
    containers,
  })
  .map(({ annotations, ...lists }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: shuffledIn({ name: 'shop', annotations }, {}),
    spec: shuffledIn(lists, []),
  }));

/** The fields that are there; `nothing` for those that are empty. */
function shuffledIn(fields: object, nothing: object): object {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there.map(([key, value]) => [key, value === 'empty' ? nothing : value]));
}

const workload = fc.tuple(pod, fc.boolean(), fc.boolean()).map(([one, template, metadataLast]) => {
  const { apiVersion, kind, metadata, spec } = one;
  const object = metadataLast ? { spec, metadata } : { metadata, spec };
  if (!template) return { apiVersion, kind, ...object };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: { template: object },
  };
});

const style: fc.Arbitrary<ToStringOptions> = fc.record({
  indent: fc.integer({ min: 1, max: 5 }),
  indentSeq: fc.boolean(),
  collectionStyle: fc.constantFrom('any', 'flow'),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
  defaultKeyType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE'),
  flowCollectionPadding: fc.boolean(),
  trailingComma: fc.boolean(),
  nullStr: fc.constantFrom('null', '~', ''),
  lineWidth: fc.constantFrom(0, 80),
  aliasDuplicateObjects: fc.constant(false),
  compat: fc.constant('yaml-1.1'),
  version: fc.constant('1.1'),
});

const yamlText = fc.tuple(workload, style).map(([object, options]) => stringify(object, options));

/** Of lines between which a comment or a blank line may come: none of them is the middle of a text. */
const commentedText = fc
  .tuple(
    workload,
    style,
    fc.array(fc.tuple(fc.nat(), fc.stringMatching(/^ {0,9}(# ?[a-z:-]{0,5})?$/)), { maxLength: 8 }),
  )
  .map(([object, options, comments]) => {
    const lines = stringify(object, {
      ...options,
      lineWidth: 0,
      blockQuote: false,
      collectionStyle: 'any',
    }).split('\n');
    for (const [place, comment] of comments) lines.splice(place % lines.length, 0, comment);
    return lines.join('\n');
  });

const jsonText = fc
  .tuple(workload, fc.constantFrom(undefined, 2, 4, '\t'))
  .map(([object, space]) => JSON.stringify(object, null, space));

/** Ends every line in the style, and the last one or not. */
const file = fc
  .tuple(fc.oneof(yamlText, commentedText, jsonText), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([text, lineEnd, last]) => `${text.trimEnd()}${last ? '\n' : ''}`.replaceAll('\n', lineEnd));

const withoutProbes = (containers: AnyPod[]): AnyPod[] =>
  containers.map(({ livenessProbe, ...container }) => container);

describe('offline injection of any manifest', () => {
  it('is taken back to the byte, changes nothing a second time, and loses nothing of the user', () => {
    fc.assert(
      fc.property(file, (text) => {
        const once = injected(text);
        expect(uninjected(once)).to.equal(text);
        expect(injected(once)).to.equal(once);
        const [before, after] = [podsIn(text)[0], podsIn(once)[0]];
        expect(withoutProbes(after.spec.containers)).to.deep.equal(withoutProbes(before.spec.containers));
        expect(withoutProbes(after.spec.initContainers.slice(2))).to.deep.equal(
          withoutProbes(before.spec.initContainers ?? []),
        );
        expect(after.spec.volumes.slice(0, -1)).to.deep.equal(before.spec.volumes ?? []);
        expect(after.metadata.annotations).to.deep.include(before.metadata.annotations ?? {});
      }),
      { numRuns: 150 },
    );
  });

  it('is taken back to the byte with a comment that came since, or without one inside what was injected', () => {
    const comment = fc.tuple(fc.nat(), fc.nat({ max: 12 }));
    fc.assert(
      fc.property(commentedText, comment, (text, [place, indent]) => {
        const lines = injected(text).split('\n');
        lines.splice(place % lines.length, 0, `${' '.repeat(indent)}# new`);
        expect(uninjected(lines.join('\n')).replace(/ *# new\n/, '')).to.equal(text);
      }),
      { numRuns: 100 },
    );
  });
});
