import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** A file of a mounted volume is replaced by way of a link, which watches miss: it is read again after so many milliseconds. */
const rest = 2_000;

/**
 * Offers the text of a file to `take`, again whenever it is another; `undefined` where it cannot be read. Settles once
 * one is taken, and goes on.
 */
export async function followFile(
  file: string,
  take: (text: string | undefined) => 'taken' | 'refused',
): Promise<void> {
  let seen: { readonly text: string | undefined } | undefined;
  const look = async (): Promise<'taken' | 'refused' | 'unchanged'> => {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (seen !== undefined && seen.text === text) return 'unchanged';
    seen = { text };
    return take(text);
  };
  while ((await look()) !== 'taken') await setTimeout(rest);
  void followOn(look);
}

/** Does not keep the process alive. */
async function followOn(look: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await setTimeout(rest, undefined, { ref: false });
    await look();
  }
}
