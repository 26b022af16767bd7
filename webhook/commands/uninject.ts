import { Command } from 'commander';
import { uninjectText } from '../offline/uninject-text.ts';
import { readManifest } from './manifest-file.ts';
import { fileOption, holdersOf, type TemplateOptions, templateOption } from './offline-options.ts';
import { printRewritten } from './print-rewritten.ts';

/** `outrider uninject`: prints a file without what injection adds. */
export function uninjectCommand(): Command {
  return new Command('uninject')
    .description('take back what inject adds to a file')
    .addOption(fileOption().makeOptionMandatory())
    .addOption(templateOption())
    .action(async (options: TemplateOptions & { file: string }) => {
      const { file } = options;
      printRewritten(uninjectText(await readManifest(file), holdersOf(options)), file);
    });
}
