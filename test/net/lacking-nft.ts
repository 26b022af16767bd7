import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';

/**
 * Runs `body` with the environment in which the kernel takes nft's expression (`redir`, `tproxy`) for one that it does
 * not have: nft asks for it by a name that no module answers to, and all that follows is the kernel's own doing. The
 * name stands in nft's two libraries; here they are copies, with its last letter changed.
 */
export async function withoutExpression<T>(
  name: string,
  body: (env: { readonly LD_LIBRARY_PATH: string }) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-nft-'));
  try {
    const { stdout } = await execa('ldd', ['/usr/sbin/nft']);
    const libraries = stdout.match(/(?<==> )\S*libnft\S+/g) ?? [];
    if (libraries.length !== 2) throw new Error(`the libraries of nft are not the expected two:\n${stdout}`);
    for (const library of libraries) {
      const text = await readFile(library, 'latin1');
      const changed = text.replaceAll(`${name}\0`, `${name.slice(0, -1)}_\0`);
      if (changed === text) throw new Error(`${library} does not hold the name ${name}`);
      await writeFile(join(folder, basename(library)), changed, 'latin1');
    }
    return await body({ LD_LIBRARY_PATH: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}
