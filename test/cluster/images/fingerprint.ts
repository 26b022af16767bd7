import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A short name for the contents of files and folders below `root`, the same for the same contents. */
export async function fingerprint(
  root: string,
  paths: readonly string[],
  also: readonly string[],
): Promise<string> {
  const hash = createHash('sha256');
  for (const text of also) addField(hash, text);
  for (const path of [...paths].sort()) await addPath(hash, root, path);
  return hash.digest('hex').slice(0, 16);
}

async function addPath(hash: Hash, root: string, path: string): Promise<void> {
  const full = join(root, path);
  const found = await lstat(full);
  addField(hash, path);
  if (found.isDirectory()) {
    for (const name of (await readdir(full)).sort()) await addPath(hash, root, join(path, name));
  } else if (found.isSymbolicLink()) {
    addField(hash, await readlink(full));
  } else {
    // The permissions get into the image too, the times do not matter to it.
    addField(hash, `${found.mode} ${found.size}`);
    await pipeline(createReadStream(full), hash, { end: false });
  }
}

/** With its length in front, so that no two lists of fields look alike. */
function addField(hash: Hash, text: string): void {
  hash.update(`${Buffer.byteLength(text)}:${text}`);
}
