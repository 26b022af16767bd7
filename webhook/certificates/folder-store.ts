import { createHash } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CertificateBundle, partNames } from './bundle.ts';
import type { CertificateStore } from './obtain.ts';

/** Keeps the bundle as files, for a webhook that runs without a cluster. One process only: nothing locks the folder. */
export function folderStore(folder: string): CertificateStore {
  return {
    async load() {
      const entries = await Promise.all(
        Object.entries(partNames).map(
          async ([field, file]) => [field, await readIfThere(join(folder, file))] as const,
        ),
      );
      if (entries.some(([, text]) => text === undefined)) return undefined;
      const bundle = Object.fromEntries(entries) as unknown as CertificateBundle;
      return { bundle, version: createHash('sha256').update(bundle.certificate).digest('hex') };
    },
    async save(bundle) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const [field, file] of Object.entries(partNames)) {
        await writePrivate(join(folder, file), bundle[field as keyof CertificateBundle]);
      }
      return 'saved';
    },
  };
}

/** The mode given to open() is for a file that it creates: one that others could read is closed to them first. */
async function writePrivate(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'w', 0o600);
  await handle.chmod(0o600);
  await handle.writeFile(text);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
