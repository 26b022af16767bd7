import { Command } from 'commander';
import { renderChange } from '../installation/changes.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection-options.ts';
import { timeoutOption } from './timeout-option.ts';

interface UninstallFlags extends ConnectionOptions {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly timeout: number;
}

/** `outrider uninstall`: nothing of Outrider is left but the proxies of pods that run. */
export function uninstallCommand(): Command {
  return addConnectionOptions(new Command('uninstall').description('remove Outrider from a cluster'))
    .option('-y, --yes', 'also while pods have a proxy, which they keep until they are made anew', false)
    .option('--dry-run', 'tell what would be deleted, and delete nothing', false)
    .addOption(timeoutOption())
    .action(async (flags: UninstallFlags) => {
      const { uninstall } = await import('../cluster/uninstall.ts');
      await uninstall(
        { ...flags, timeoutSeconds: flags.timeout },
        {
          done: (title, change) => console.log(renderChange(title, change, flags.dryRun)),
          tell: (text) => console.error(text),
        },
      );
    });
}
