import { Command } from 'commander';
import { renderChange } from '../installation/changes.ts';
import { dryRunOption, timeoutOption } from './change-options.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection-options.ts';
import { revisionOption } from './revision-option.ts';

interface UninstallFlags extends ConnectionOptions {
  readonly dryRun: 'server' | false;
  readonly revision?: string;
  readonly yes: boolean;
  readonly timeout: number;
}

/** `outrider uninstall`: nothing of Outrider is left but the proxies of pods that run. */
export function uninstallCommand(): Command {
  return addConnectionOptions(new Command('uninstall').description('remove Outrider from a cluster'))
    .addOption(revisionOption('to remove; others stay'))
    .option('-y, --yes', 'also while pods have a proxy, which they keep until they are made anew', false)
    .addOption(dryRunOption('tell what would be deleted, and delete nothing'))
    .addOption(timeoutOption())
    .action(async (flags: UninstallFlags) => {
      const { uninstall } = await import('../cluster/uninstall.ts');
      const dryRun = flags.dryRun !== false;
      await uninstall(
        { ...flags, dryRun, timeoutSeconds: flags.timeout },
        {
          done: (title, change) => console.log(renderChange(title, change, dryRun)),
          tell: (text) => console.error(text),
        },
      );
    });
}
