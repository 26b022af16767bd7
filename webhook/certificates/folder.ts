import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueAuthority, issueServing } from './issue.ts';
import { partNames } from './parts.ts';
import { findServingFlaw, type Serving } from './serving.ts';

/** Nothing renews what a folder keeps: a webhook without a cluster is there to be tried out. */
const life = 365 * 24 * 60 * 60 * 1000;

/** What the folder keeps, or what is issued for it where that cannot serve; for a webhook that runs without a cluster. */
export async function obtainFromFolder(
  folder: string,
  dnsNames: readonly string[],
  now: Date,
): Promise<Serving> {
  const stored = await load(folder);
  if (stored && findServingFlaw(stored, dnsNames, now) === undefined) return stored;
  const authority = issueAuthority(life, now);
  const serving = {
    ...issueServing(authority, dnsNames, life, now),
    authorities: authority.certificate,
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [part, file] of Object.entries(partNames)) {
    await writePrivate(join(folder, file), serving[part as keyof Serving]);
  }
  return serving;
}

async function load(folder: string): Promise<Serving | undefined> {
  const [certificate, key, authorities] = await Promise.all(
    [partNames.certificate, partNames.key, partNames.authorities].map((file) =>
      readIfThere(join(folder, file)),
    ),
  );
  if (certificate === undefined || key === undefined || authorities === undefined) return undefined;
  return { certificate, key, authorities };
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
