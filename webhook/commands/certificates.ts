import { Command, InvalidArgumentError, Option } from 'commander';
import { parseLife } from '../certificates/life.ts';
import { nameIn } from '../decision/revision.ts';
import { serveCertificates } from '../server/serve-certificates.ts';
import { toPort } from './port.ts';
import { revisionOption } from './revision-option.ts';

/** `outrider certificates`: keeps the webhook's certificates. */
export function certificatesCommand(): Command {
  return new Command('certificates')
    .description("keep the webhook's CA and certificate, and the configurations' trust in them")
    .addOption(
      new Option('--namespace <name>', 'namespace that Outrider runs in')
        .env('POD_NAMESPACE')
        .default('outrider-system'),
    )
    .addOption(revisionOption('whose they are, which ends the names below').env('OUTRIDER_REVISION'))
    .option(
      '--service <name>',
      'Service by which the API server calls the webhook (default: outrider-webhook)',
    )
    .option(
      '--secret <name>',
      'Secret of the certificate that is served (default: outrider-webhook-certificates)',
    )
    .option('--ca-secret <name>', 'Secret of the CA (default: outrider-ca)')
    .option('--given-ca', "the CA in its Secret is somebody else's: sign with it, and never replace it")
    .option(
      '--webhook-configuration <name>',
      'configuration whose caBundle is kept (default: outrider-webhook)',
    )
    .option(
      '--warning-configuration <name>',
      'the same, of the warnings at workloads (default: outrider-warnings)',
    )
    .option(
      '--backstop-configuration [name]',
      'the same, of the webhooks in place of admission policies, where they are installed: outrider-backstop, or a name',
    )
    .addOption(
      new Option('--lifetime <time>', 'of the certificate that is served')
        .argParser(toLife)
        .default(week, '7d'),
    )
    .addOption(new Option('--ca-lifetime <time>', 'of the CA').argParser(toLife).default(year, '365d'))
    .addOption(
      new Option('--port <port>', 'port to serve /metrics, /healthz and /readyz on, by HTTP')
        .argParser(toPort)
        .default(8080),
    )
    .addOption(
      new Option('--log-level <level>', 'least severe messages that are logged')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(async (options: CertificatesOptions, command: Command) => {
      const { lifetime, caLifetime, givenCa = false, namespace, port, logLevel } = options;
      if (caLifetime < lifetime) {
        command.error('error: --ca-lifetime is shorter than --lifetime: a certificate ends with its CA', {
          exitCode: 2,
        });
      }
      const authority = givenCa ? 'given' : 'own';
      await serveCertificates({
        ...{ namespace, port, logLevel, ...namesOf(options) },
        ...{ life: lifetime, authorityLife: caLifetime, authority },
      });
    });
}

const day = 24 * 60 * 60 * 1000;
const week = 7 * day;
const year = 365 * day;

/** The names that are given, and those of the revision for all others. */
function namesOf({ revision, backstopConfiguration: backstop, ...given }: CertificatesOptions) {
  const {
    service = nameIn(revision, 'outrider-webhook'),
    secret = nameIn(revision, 'outrider-webhook-certificates'),
    caSecret = nameIn(revision, 'outrider-ca'),
    webhookConfiguration = nameIn(revision, 'outrider-webhook'),
    warningConfiguration = nameIn(revision, 'outrider-warnings'),
  } = given;
  const names = { service, secret, caSecret, webhookConfiguration, warningConfiguration };
  if (backstop === undefined) return names;
  const backstopConfiguration = backstop === true ? nameIn(revision, 'outrider-backstop') : backstop;
  return { ...names, backstopConfiguration };
}

interface CertificatesOptions {
  namespace: string;
  revision?: string;
  service?: string;
  secret?: string;
  caSecret?: string;
  givenCa?: true;
  webhookConfiguration?: string;
  warningConfiguration?: string;
  backstopConfiguration?: string | true;
  lifetime: number;
  caLifetime: number;
  port: number;
  logLevel: string;
}

function toLife(text: string): number {
  const life = parseLife(text);
  if (!life.ok) throw new InvalidArgumentError(`expected ${life.expected}`);
  return life.value;
}
