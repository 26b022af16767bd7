/** Writes the ConfigMaps with the settings that there are; a unit test fails while they are not what this would write. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { renderManifest, renderTemplate } from './render.ts';

const root = join(import.meta.dirname, '../..');
writeFileSync(join(root, 'manifests/settings.yaml'), renderManifest(manifest.version));
writeFileSync(join(root, 'charts/outrider/templates/settings.yaml'), renderTemplate());
