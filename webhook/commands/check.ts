import { Argument, Command, Option } from 'commander';
import { parseConfig } from '../decision/config.ts';
import { foreignKeysOf } from '../decision/published.ts';
import { renderChecked, renderCheckedJson } from '../offline/check-report.ts';
import { checkState } from '../offline/check-state.ts';
import { type CheckedText, checkText } from '../offline/check-text.ts';
import { parseResourceName } from '../offline/resource-name.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection-options.ts';
import { badUsage, wouldBeDenied } from './exit-code.ts';
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
import { printProblems } from './print-problems.ts';

interface CheckOptions extends TemplateOptions, ClusterOptions, ConnectionOptions {
  readonly file?: string;
  readonly namespaceLabel: 'enabled' | 'disabled' | 'none';
  readonly output: 'text' | 'json';
}

/** `outrider check`: tells what the webhook would do with the pods of a file, or of a cluster, and why. */
export function checkCommand(version: string): Command {
  const command = new Command('check')
    .description('tell whether pods would be injected, and why: all inject or skip 0, any denied 1')
    .addArgument(new Argument('[name]', 'of a cluster, such as pod/web-1 or deployment/web'))
    .addOption(fileOption())
    .addOption(templateOption());
  return addConnectionOptions(addClusterOptions(command, version))
    .addOption(
      new Option('--namespace-label <value>', 'label of the namespaces that are not in the file')
        .choices(['enabled', 'disabled', 'none'])
        .default('none'),
    )
    .addOption(
      new Option('-o, --output <format>', 'what is printed').choices(['text', 'json']).default('text'),
    )
    .action(async (name: string | undefined, options: CheckOptions) => {
      const { file } = options;
      if (name !== undefined && file === undefined) print(await checkName(name, options, version), options);
      else if (name === undefined && file !== undefined) {
        print(await checkFile(file, options, version), options);
      } else command.error('error: expected either a name or --file', { exitCode: badUsage });
    });
}

async function checkFile(file: string, options: CheckOptions, version: string): Promise<CheckedText> {
  const { namespace = defaultNamespace, namespaceLabel: label } = options;
  return checkText(await readManifest(file), {
    injector: await readInjector(options, version),
    holders: holdersOf(options),
    namespace,
    namespaceLabel: label === 'none' ? undefined : label,
  });
}

/** The Kubernetes client is loaded only here: it costs about a second and 128 MB to import. */
async function checkName(name: string, options: CheckOptions, version: string): Promise<CheckedText> {
  const parsed = parseResourceName(name);
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  const { readForCheck } = await import('../cluster/read-for-check.ts');
  const state = await readForCheck(parsed.resource, options);
  if (!state.ok) return state;
  if (state.config === undefined && options.config === undefined) {
    console.error('the settings of the whole cluster may not be read, and are left out: give --config');
  }
  const foreign = foreignKeysOf(state.published);
  const config = parseConfig(state.config ?? {}, options.revision, foreign);
  if (!config.ok) return config;
  return checkState(state, {
    injector: { ...(await readInjector(options, version, config.config)), foreign },
    holders: holdersOf(options),
  });
}

function print(result: CheckedText, { file, output }: CheckOptions): void {
  if (!result.ok) {
    printProblems(result.problems, file);
    return;
  }
  const { checked } = result;
  if (checked.length === 0) console.error('there is no pod in it');
  process.stdout.write(output === 'json' ? renderCheckedJson(checked) : renderChecked(checked));
  if (checked.some(({ explanation }) => explanation.decision === 'deny')) process.exitCode = wouldBeDenied;
}
