import { Command, Option } from 'commander';
import { nameIn } from '../decision/revision.ts';
import { serve } from '../server/serve.ts';
import { addInjectorOptions, findFamilies, type InjectorOptions } from './injector-options.ts';
import { toPort } from './port.ts';

/** `outrider webhook`: the admission server. */
export function webhookCommand(version: string): Command {
  const command = new Command('webhook')
    .description('run the admission server')
    .addOption(new Option('--port <port>', 'port to serve HTTPS on').argParser(toPort).default(8443));
  return addInjectorOptions(command, version, 'the names below')
    .option(
      '--service <name>',
      'Service by which the API server calls the webhook (default: outrider-webhook)',
    )
    .option(
      '--secret <name>',
      'Secret of the certificate that is served, kubernetes.io/tls (default: outrider-webhook-certificates)',
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
    .action(async (options: WebhookOptions, command: Command) => {
      if (!options.cluster && options.certificateFolder === undefined) {
        command.error('error: --no-cluster needs --certificate-folder', { exitCode: 2 });
      }
      const { clientCaFile: file, clientAllowedName: names, ...others } = options;
      if ((file === undefined) !== (names === undefined)) {
        // A CA signs for others, too: that of a cluster for each of its nodes.
        command.error('error: --client-ca-file and --client-allowed-name need each other', { exitCode: 2 });
      }
      const { ipFamilies, ...rest } = others;
      const families = findFamilies(ipFamilies, command);
      const { revision } = rest;
      const { service = nameIn(revision, 'outrider-webhook') } = rest;
      const { secret = nameIn(revision, 'outrider-webhook-certificates') } = rest;
      await serve({
        ...{ ...rest, service, secret, version, families },
        ...(file !== undefined && names !== undefined && { clients: { file, names } }),
      });
    });
}

interface WebhookOptions extends InjectorOptions {
  port: number;
  service?: string;
  secret?: string;
  cluster: boolean;
  certificateFolder?: string;
  clientCaFile?: string;
  clientAllowedName?: string[];
}
