import { Command } from 'commander';
import { injectText } from '../offline/inject-text.ts';
import { readManifest } from './manifest-file.ts';
import {
  addClusterOptions,
  addFileOptions,
  type ClusterOptions,
  type FileOptions,
  holdersOf,
  readInjector,
} from './offline-options.ts';
import { printRewritten } from './print-rewritten.ts';

/** `outrider inject`: prints a file with its pods and templates injected. */
export function injectCommand(version: string): Command {
  const command = new Command('inject').description('inject the pods and templates of a file');
  return addClusterOptions(addFileOptions(command), version).action(
    async (options: FileOptions & ClusterOptions) => {
      const text = await readManifest(options.file);
      const { namespace } = options;
      const input = {
        injector: await readInjector(options, version),
        holders: holdersOf(options),
        namespace,
      };
      printRewritten(injectText(text, input));
    },
  );
}
