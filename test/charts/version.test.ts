import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the chart', () => {
  it('is of the version of the program, and so is the image of the manifests', () => {
    const { version, appVersion } = parse(read('charts/outrider/Chart.yaml'));
    expect({ version, appVersion }).to.deep.equal({
      version: manifest.version,
      appVersion: manifest.version,
    });
    expect(read('manifests/deployment.yaml')).to.contain(`image: outrider:${manifest.version}`);
  });
});
