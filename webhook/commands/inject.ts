import { Command } from 'commander';
import { injectText } from '../offline/inject-text.ts';
import { readManifest } from './manifest-file.ts';
import {
  addClusterOptions,
  type ClusterOptions,
  defaultNamespace,
  fileOption,
  holdersOf,
  readInjector,
  type TemplateOptions,
  templateOption,
} from './offline-options.ts';
import { printRewritten } from './print-rewritten.ts';

/** `outrider inject`: prints a file with its pods and templates injected. */
export function injectCommand(version: string): Command {
  const command = new Command('inject')
    .description('inject the pods and templates of a file')
    .addOption(fileOption().makeOptionMandatory())
    .addOption(templateOption());
  return addClusterOptions(command, version).action(
    async (options: ClusterOptions & TemplateOptions & { file: string }) => {
      const text = await readManifest(options.file);
      const injector = await readInjector(options, version);
      const namespace = options.namespace ?? defaultNamespace;
      printRewritten(injectText(text, { injector, holders: holdersOf(options), namespace }), options.file);
    },
  );
}
