/** Writes docs/settings-reference.md; a unit test fails while it is not what this would write. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReference } from './render.ts';

writeFileSync(join(import.meta.dirname, '../../docs/settings-reference.md'), renderReference());
