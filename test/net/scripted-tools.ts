import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `body` with the environment in which some programs are replaced by shell scripts. */
export async function withScripts<T>(
  scripts: Readonly<Record<string, string>>,
  body: (env: { readonly PATH: string }) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-scripts-'));
  for (const [name, script] of Object.entries(scripts))
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  try {
    return await body({ PATH: `${folder}:/usr/sbin:/usr/bin:/bin` });
  } finally {
    await rm(folder, { recursive: true });
  }
}
