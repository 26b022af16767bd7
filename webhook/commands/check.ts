import { Command, Option } from 'commander';
import { renderChecked, renderCheckedJson } from '../offline/check-report.ts';
import { checkText } from '../offline/check-text.ts';
import { badUsage, wouldBeDenied } from './exit-code.ts';
import { readManifest } from './manifest-file.ts';
import {
  addClusterOptions,
  addFileOptions,
  type ClusterOptions,
  type FileOptions,
  holdersOf,
  readInjector,
} from './offline-options.ts';

interface CheckOptions extends FileOptions, ClusterOptions {
  readonly namespaceLabel: 'enabled' | 'disabled' | 'none';
  readonly output: 'text' | 'json';
}

/** `outrider check`: tells what the webhook would do with the pods of a file, and why. */
export function checkCommand(version: string): Command {
  const command = new Command('check').description(
    'tell whether the pods of a file would be injected, and why: all inject or skip 0, any denied 1',
  );
  return addClusterOptions(addFileOptions(command), version)
    .addOption(
      new Option('--namespace-label <value>', 'label of the namespaces that are not in the file')
        .choices(['enabled', 'disabled', 'none'])
        .default('none'),
    )
    .addOption(
      new Option('-o, --output <format>', 'what is printed').choices(['text', 'json']).default('text'),
    )
    .action(async (options: CheckOptions) => {
      const { namespace, namespaceLabel: label, output } = options;
      const result = checkText(await readManifest(options.file), {
        injector: await readInjector(options, version),
        holders: holdersOf(options),
        namespace,
        namespaceLabel: label === 'none' ? undefined : label,
      });
      if (!result.ok) {
        for (const problem of result.problems) console.error(problem);
        process.exitCode = badUsage;
        return;
      }
      const { checked } = result;
      if (checked.length === 0) console.error(`${options.file}: holds no pod`);
      process.stdout.write(output === 'json' ? renderCheckedJson(checked) : renderChecked(checked));
      if (checked.some(({ explanation }) => explanation.decision === 'deny'))
        process.exitCode = wouldBeDenied;
    });
}
