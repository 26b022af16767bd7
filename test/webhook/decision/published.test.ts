import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import manifest from '../../../package.json' with { type: 'json' };
import { table } from '../../../settings/table.ts';
import { renderManifest, renderTemplate } from '../../../tools/published-settings/render.ts';
import { parseConfig } from '../../../webhook/decision/config.ts';
import {
  foreignKeysOf,
  noForeignKeys,
  type Published,
  publishedSelector,
  readPublished,
} from '../../../webhook/decision/published.ts';
import { chooseManifests } from '../../../webhook/installation/choose-manifests.ts';
import { denial, inject, pod, review, withAnnotations } from '../pods.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const version = manifest.version;

const newer: Published = { version: '9.0.0', revision: 'canary', keys: ['proxy-cpu', 'shiny', 'new-port'] };
const foreign = foreignKeysOf([newer]);

describe('the settings that an installation publishes', () => {
  it('are written into the manifests and the chart', () => {
    expect(read('manifests/settings.yaml')).to.equal(renderManifest(version));
    expect(read('charts/outrider/templates/settings.yaml')).to.equal(renderTemplate());
  });

  for (const revision of [undefined, 'canary']) {
    it(`are all that an annotation can give, and can be read back: ${revision ?? 'without a revision'}`, () => {
      const maps = chooseManifests(35, { version, revision }).filter(
        ({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'settings',
      );
      expect(publishedSelector).to.equal('app.kubernetes.io/component=settings');
      const published = maps.map(readPublished);
      expect(published.map((one) => [one.version, one.revision])).to.deep.equal([[version, revision]]);
      const known = table.filter(({ scope }) => scope === 'annotation').map(({ key }) => key);
      expect(published[0]?.keys).to.deep.equal(known.toSorted());
      expect(foreignKeysOf(published).size).to.equal(0);
    });
  }

  it('have a name of their version, so that the way back leaves what is known of the newer', () => {
    const names = chooseManifests(35, { version, revision: 'canary' }).map(({ metadata }) => metadata.name);
    expect(names).to.include('outrider-settings-0.1.0-canary');
  });
});

describe('a setting that this version does not know', () => {
  const unknown = withAnnotations({ 'outrider.io/shiny': 'yes', 'outrider.io/proxy-cpu': '50m' });

  it('refuses the pod, with the nearest that it knows', () => {
    expect(denial(unknown)).to.match(
      /^outrider: pod annotation outrider\.io\/shiny: "yes" is not valid: expected a known setting: did you mean /,
    );
  });

  it('only warns where an injector of another version knows it, and changes nothing', () => {
    const { decision, warnings } = review(unknown, { injector: { foreign } });
    expect(decision).to.equal('inject');
    expect(warnings).to.deep.equal([
      'pod annotation outrider.io/shiny: outrider.io/shiny is known to Outrider 9.0.0 of revision canary, and ignored by this one',
    ]);
    const without = withAnnotations({ 'outrider.io/proxy-cpu': '50m' });
    expect(inject(unknown, { injector: { foreign } }).spec).to.deep.equal(inject(without).spec);
  });

  it('is refused as ever where the others do not know it either', () => {
    const misspelt = withAnnotations({ 'outrider.io/shinny': 'yes' });
    expect(denial(misspelt, { injector: { foreign } })).to.include('outrider.io/shinny: "yes" is not valid');
  });

  it('is judged by its own version where this one knows it', () => {
    const wrong = withAnnotations({ 'outrider.io/proxy-cpu': 'much' });
    expect(denial(wrong, { injector: { foreign } })).to.include('outrider.io/proxy-cpu: "much" is not valid');
  });

  it('of a namespace warns its pods as well', () => {
    const annotations = { 'outrider.io/enforced': 'shiny,proxy-cpu', 'outrider.io/new-port': '1' };
    const { decision, warnings } = review(pod(), { annotations, injector: { foreign } });
    expect(decision).to.equal('inject');
    expect(warnings).to.deep.equal([
      'namespace annotation outrider.io/new-port: outrider.io/new-port is known to Outrider 9.0.0 of revision canary, and ignored by this one',
      'namespace annotation outrider.io/enforced: outrider.io/shiny is known to Outrider 9.0.0 of revision canary, and ignored by this one',
    ]);
  });

  it('of the ConfigMap leaves the others in force, and what else it enforces', () => {
    const data = { shiny: 'yes', 'proxy-cpu': '50m', enforced: 'shiny,proxy-cpu' };
    expect(parseConfig(data)).to.have.property('ok', false);
    const parsed = parseConfig(data, undefined, foreignKeysOf([{ ...newer, revision: undefined }]));
    if (!parsed.ok) throw new Error(parsed.problems.join('; '));
    expect(parsed.config).to.deep.equal({
      layer: {
        source: 'ConfigMap outrider-config',
        values: [{ key: 'proxy-cpu', name: 'proxy-cpu', text: '50m' }],
      },
      enforced: { by: 'ConfigMap outrider-config', keys: ['proxy-cpu'] },
    });
    expect(parsed.ignored).to.deep.equal([
      'ConfigMap outrider-config shiny: outrider.io/shiny is known to Outrider 9.0.0 without a revision, and ignored by this one',
      'ConfigMap outrider-config enforced: outrider.io/shiny is known to Outrider 9.0.0 without a revision, and ignored by this one',
    ]);
  });

  it('is of nobody where nothing is published', () => {
    expect(foreignKeysOf([])).to.deep.equal(noForeignKeys);
  });
});
