import { type Command, InvalidArgumentError, Option } from 'commander';
import { familiesOf } from '../../settings/settings.ts';
import type { Injector } from '../admission/inject-review.ts';
import { type PodHolder, parseTemplatePath, podHolders } from '../admission/pod-holders.ts';
import { type Config, noConfig } from '../decision/config.ts';
import type { Revision } from '../decision/revision.ts';
import { OfflineError } from '../offline/offline-error.ts';
import { readConfig } from '../offline/read-config.ts';
import { readManifest } from './manifest-file.ts';
import { revisionOption } from './revision-option.ts';

/** Which kinds hold pods. */
export interface TemplateOptions {
  readonly templatePath: readonly PodHolder[];
}

/** What stands in for the cluster. */
export interface ClusterOptions {
  readonly namespace?: string;
  readonly outriderNamespace: string;
  readonly revision?: string;
  readonly initImage: string;
  readonly ipFamilies: 'ipv4' | 'ipv6' | 'dual';
  /** File of the settings of the whole cluster. */
  readonly config?: string;
}

/** Of objects that name none, as for kubectl without a kubeconfig. */
export const defaultNamespace = 'default';

export const fileOption = (): Option => new Option('-f, --file <file>', 'YAML or JSON; - is standard input');

export const templateOption = (): Option =>
  new Option('--template-path <KIND=.path>', "where a kind of your own holds its pods' template; repeatable")
    .argParser(toHolder)
    .default([], 'the kinds of Kubernetes itself');

export function addClusterOptions(command: Command, version: string): Command {
  return command
    .option('-n, --namespace <namespace>', 'namespace of the objects that name none (default: "default")')
    .option('--outrider-namespace <namespace>', 'namespace that Outrider runs in', 'outrider-system')
    .addOption(revisionOption('of the injector'))
    .addOption(
      new Option('--init-image <image>', 'image of the init container')
        .env('OUTRIDER_INIT_IMAGE')
        .default(`outrider:${version}`),
    )
    .addOption(
      new Option('--ip-families <families>', "address families of the cluster's pods")
        .choices(['ipv4', 'ipv6', 'dual'])
        .default('ipv4'),
    )
    .option('--config <file>', 'ConfigMap outrider-config, or its data: settings of the whole cluster');
}

export const holdersOf = ({ templatePath }: TemplateOptions): readonly PodHolder[] => [
  ...templatePath,
  ...podHolders,
];

/**
 * @param config where no file gives it
 * @throws OfflineError with all that is wrong with the configuration
 */
export async function readInjector(
  options: ClusterOptions,
  version: string,
  config: Config = noConfig,
): Promise<Injector> {
  return {
    version,
    revision: options.revision,
    initImage: options.initImage,
    ownNamespace: options.outriderNamespace,
    families: familiesOf(options.ipFamilies),
    config: options.config === undefined ? config : await readConfigFile(options.config, options.revision),
  };
}

async function readConfigFile(file: string, revision: Revision): Promise<Config> {
  const read = readConfig(await readManifest(file), revision);
  if (read.ok) return read.config;
  throw new OfflineError('unreadable', read.problems.map((problem) => `${file}: ${problem}`).join('\n'));
}

function toHolder(text: string, before: readonly PodHolder[]): readonly PodHolder[] {
  const holder = parseTemplatePath(text);
  if (holder === undefined) {
    throw new InvalidArgumentError('Expected a kind and a path, such as Rollout=.spec.template.');
  }
  return [...before, holder];
}
