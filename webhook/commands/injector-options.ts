import { networkInterfaces } from 'node:os';
import { type Command, Option } from 'commander';
import type { Family } from '../../settings/cidr.ts';
import { familiesOfHost } from '../../settings/host-families.ts';
import { familiesOf } from '../../settings/settings.ts';
import { revisionOption } from './revision-option.ts';

/** What a program has to know that renders pods in a cluster as the webhook does. */
export interface InjectorOptions {
  namespace: string;
  revision?: string;
  initImage: string;
  ipFamilies: 'auto' | 'ipv4' | 'ipv6' | 'dual';
  logLevel: string;
}

/** @param ends what the name of the revision ends. */
export function addInjectorOptions(command: Command, version: string, ends: string): Command {
  return command
    .addOption(
      new Option('--namespace <name>', 'namespace that Outrider runs in')
        .env('POD_NAMESPACE')
        .default('outrider-system'),
    )
    .addOption(revisionOption(`that it is, which ends ${ends}`).env('OUTRIDER_REVISION'))
    .addOption(
      new Option('--init-image <image>', 'image of the init container')
        .env('OUTRIDER_INIT_IMAGE')
        .default(`outrider:${version}`),
    )
    .addOption(
      new Option(
        '--ip-families <families>',
        "address families of the cluster's pods; auto: those of this pod",
      )
        .choices(['auto', 'ipv4', 'ipv6', 'dual'])
        .default('auto'),
    )
    .addOption(
      new Option('--log-level <level>', 'least severe messages that are logged')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    );
}

/** Ends the command where there are none. */
export function findFamilies(ipFamilies: InjectorOptions['ipFamilies'], command: Command): readonly Family[] {
  const families = ipFamilies === 'auto' ? familiesOfHost(networkInterfaces()) : familiesOf(ipFamilies);
  if (families.length === 0) {
    command.error('error: this host has no address to tell the families by: give --ip-families', {
      exitCode: 2,
    });
  }
  return families;
}
