import { Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { parseConfig } from '../decision/config.ts';
import { renderChange } from '../installation/changes.ts';
import { chooseManifests, minorOf } from '../installation/choose-manifests.ts';
import { stepsOf } from '../installation/steps.ts';
import { dryRunOption, timeoutOption } from './change-options.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection-options.ts';
import { printProblems } from './print-problems.ts';
import { revisionOption } from './revision-option.ts';

interface InstallFlags extends ConnectionOptions {
  readonly revision?: string;
  readonly image?: string;
  readonly set: Readonly<Record<string, string>>;
  readonly dryRun: 'server' | false;
  readonly forceConflicts: boolean;
  readonly takeOwnership: boolean;
  readonly timeout: number;
  readonly output?: 'yaml';
  readonly kubernetesVersion?: string;
}

/** `outrider install` and `outrider upgrade`: the manifests that the executable carries, applied from the server's side. */
export function installCommand(mode: 'install' | 'upgrade', version: string): Command {
  const does =
    mode === 'install' ? 'install Outrider into a cluster' : 'bring an installation to this version';
  return addConnectionOptions(new Command(mode).description(does))
    .addOption(revisionOption('to install, beside others that may be there'))
    .option('--image <image>', `image of Outrider (default: outrider:${version})`)
    .addOption(
      new Option(
        '--set <key=value>',
        'setting of the whole cluster, into ConfigMap outrider-config; repeatable',
      )
        .argParser(addSetting)
        .default({}, 'none'),
    )
    .addOption(dryRunOption('ask the API server what would change, and change nothing'))
    .option('--force-conflicts', 'take fields back that somebody else has set', false)
    .option('--take-ownership', 'take over what kubectl apply has installed', false)
    .addOption(timeoutOption())
    .addOption(
      new Option('-o, --output <format>', 'print the manifests instead, without a cluster').choices(['yaml']),
    )
    .option('--kubernetes-version <version>', 'with -o: of the cluster, such as 1.29 (default: a recent one)')
    .action(async (flags: InstallFlags) => {
      const given = parseConfig(flags.set, flags.revision);
      if (!given.ok) {
        printProblems(given.problems, undefined);
        return;
      }
      if (flags.output === 'yaml') {
        process.stdout.write(renderManifests(flags, version));
        return;
      }
      const { install } = await import('../cluster/install.ts');
      const { timeout: timeoutSeconds, set: settings } = flags;
      const dryRun = flags.dryRun !== false;
      await install(
        { ...flags, mode, version, dryRun, timeoutSeconds, settings },
        {
          done: (title, change) => console.log(renderChange(title, change, dryRun)),
          tell: (text) => console.error(text),
        },
      );
      if (!dryRun) console.error(`outrider ${version} is ready; outrider status -A tells how pods are`);
    });
}

function renderManifests(flags: InstallFlags, version: string): string {
  const minor = minorOf({ minor: flags.kubernetesVersion?.replace(/^v?1\./, '') ?? '99' });
  const { serving, calling, refusing } = stepsOf(chooseManifests(minor, { ...flags, version }));
  return [...serving, ...calling, ...refusing].map((one) => stringify(one)).join('---\n');
}

function addSetting(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError('Expected a setting and its value, such as proxy-cpu=50m.');
  }
  return { ...before, [key]: value };
}
