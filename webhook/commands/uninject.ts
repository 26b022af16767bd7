import { Command } from 'commander';
import { uninjectText } from '../offline/uninject-text.ts';
import { readManifest } from './manifest-file.ts';
import { addFileOptions, type FileOptions, holdersOf } from './offline-options.ts';
import { printRewritten } from './print-rewritten.ts';

/** `outrider uninject`: prints a file without what injection adds. */
export function uninjectCommand(): Command {
  const command = new Command('uninject').description('take back what inject adds to a file');
  return addFileOptions(command).action(async (options: FileOptions) => {
    printRewritten(uninjectText(await readManifest(options.file), holdersOf(options)));
  });
}
