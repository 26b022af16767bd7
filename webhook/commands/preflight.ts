import { Command } from 'commander';
import { isFatal, preflight, renderFindings } from '../installation/preflight.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection-options.ts';
import { notWell } from './exit-code.ts';
import { revisionOption } from './revision-option.ts';

/** `outrider preflight`: what would stand in the way of an installation. */
export function preflightCommand(version: string): Command {
  return addConnectionOptions(
    new Command('preflight')
      .description('tell whether a cluster can take Outrider: yes 0, no 1')
      .addOption(revisionOption('to be installed')),
  ).action(async (options: ConnectionOptions & { readonly revision?: string }) => {
    const { readForPreflight } = await import('../cluster/read-for-preflight.ts');
    const findings = preflight((await readForPreflight({ ...options, version })).around, {
      takeOwnership: false,
    });
    for (const line of renderFindings(findings)) console.log(line);
    if (isFatal(findings)) process.exitCode = notWell;
    else console.log('Outrider can be installed');
  });
}
