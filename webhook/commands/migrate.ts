import { Command } from 'commander';
import { migrateText } from '../migrate/migrate-text.ts';
import { readManifest } from './manifest-file.ts';
import { fileOption, holdersOf, type TemplateOptions, templateOption } from './offline-options.ts';
import { printRewritten } from './print-rewritten.ts';

/** `outrider migrate`: prints a file with what it says to another mesh said to Outrider. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description("translate Istio's and Linkerd's labels and annotations in a file")
    .addOption(fileOption().makeOptionMandatory())
    .addOption(templateOption())
    .action(async (options: TemplateOptions & { file: string }) => {
      const { file } = options;
      printRewritten(migrateText(await readManifest(file), holdersOf(options)), file);
    });
}
