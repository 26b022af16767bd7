import { networkInterfaces } from 'node:os';
import { Command, Option } from 'commander';
import { familiesOfHost } from '../../settings/host-families.ts';
import { familiesOf } from '../../settings/settings.ts';
import { nameIn } from '../decision/revision.ts';
import { serve } from '../server/serve.ts';
import { toMilliseconds } from './duration.ts';
import { toPort } from './port.ts';
import { revisionOption } from './revision-option.ts';

/** `outrider webhook`: the admission server. */
export function webhookCommand(version: string): Command {
  return new Command('webhook')
    .description('run the admission server')
    .addOption(new Option('--port <port>', 'port to serve HTTPS on').argParser(toPort).default(8443))
    .addOption(
      new Option('--namespace <name>', 'namespace that Outrider runs in')
        .env('POD_NAMESPACE')
        .default('outrider-system'),
    )
    .addOption(revisionOption('that it is, which ends the names below').env('OUTRIDER_REVISION'))
    .option(
      '--service <name>',
      'Service by which the API server calls the webhook (default: outrider-webhook)',
    )
    .option(
      '--secret <name>',
      'Secret of the certificate that is served, kubernetes.io/tls (default: outrider-webhook-certificates)',
    )
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
    )
    .option(
      '--client-ca-file <path>',
      'CAs in PEM: answer reviews only to clients with a certificate of one of them, as the API server can have',
    )
    .option(
      '--client-allowed-name <name...>',
      'with --client-ca-file: common name that this certificate may have; may be given again',
    )
    .option(
      '--no-cluster',
      'serve without a Kubernetes API: no namespace has settings (to try the webhook out)',
    )
    .option('--certificate-folder <path>', 'with --no-cluster: folder that keeps the certificates')
    .option(
      '--audit',
      'tell which pods of the cluster are not as they should be (needs more permissions)',
      false,
    )
    .option('--audit-restart', 'with --audit: restart the workloads that they belong to, one by one', false)
    .addOption(
      new Option('--audit-restart-interval <duration>', 'from one restart to the next, such as 90s or 5m')
        .argParser(toMilliseconds)
        .default(5 * 60_000, '5m'),
    )
    .action(async (options: WebhookOptions, command: Command) => {
      if (!options.cluster && options.certificateFolder === undefined) {
        command.error('error: --no-cluster needs --certificate-folder', { exitCode: 2 });
      }
      if (options.auditRestart && !options.audit) {
        command.error('error: --audit-restart needs --audit', { exitCode: 2 });
      }
      if (!options.cluster && options.audit) {
        command.error('error: --audit needs a cluster: leave out --no-cluster', { exitCode: 2 });
      }
      const { clientCaFile: file, clientAllowedName: names, ...others } = options;
      if ((file === undefined) !== (names === undefined)) {
        // A CA signs for others, too: that of a cluster for each of its nodes.
        command.error('error: --client-ca-file and --client-allowed-name need each other', { exitCode: 2 });
      }
      const { ipFamilies, auditRestart, auditRestartInterval: restartInterval, ...rest } = others;
      const families = ipFamilies === 'auto' ? familiesOfHost(networkInterfaces()) : familiesOf(ipFamilies);
      if (families.length === 0) {
        command.error('error: this host has no address to tell the families by: give --ip-families', {
          exitCode: 2,
        });
      }
      const { revision } = rest;
      const { service = nameIn(revision, 'outrider-webhook') } = rest;
      const { secret = nameIn(revision, 'outrider-webhook-certificates') } = rest;
      await serve({
        ...{ ...rest, service, secret, version, families },
        ...(auditRestart && { restartInterval }),
        ...(file !== undefined && names !== undefined && { clients: { file, names } }),
      });
    });
}

interface WebhookOptions {
  port: number;
  namespace: string;
  revision?: string;
  service?: string;
  secret?: string;
  initImage: string;
  ipFamilies: 'auto' | 'ipv4' | 'ipv6' | 'dual';
  logLevel: string;
  cluster: boolean;
  audit: boolean;
  auditRestart: boolean;
  auditRestartInterval: number;
  certificateFolder?: string;
  clientCaFile?: string;
  clientAllowedName?: string[];
}
