import { Command, Option } from 'commander';
import { renderStatus, renderStatusJson } from '../status/render-status.ts';
import { statusOf } from '../status/status.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection-options.ts';
import { notWell } from './exit-code.ts';

interface StatusOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly outriderNamespace: string;
  readonly secret: string;
  readonly output: 'table' | 'wide' | 'json';
}

/** `outrider status`: which pods have their proxy, which an old one or none, and how the injector is. */
export function statusCommand(version: string): Command {
  const command = new Command('status')
    .description('tell which pods are injected, outdated or without a proxy: all well 0, anything else 1')
    .option('-n, --namespace <namespace>', "namespace of the pods (default: the context's)")
    .option('-A, --all-namespaces', 'pods of all namespaces', false);
  return addConnectionOptions(command)
    .option('--outrider-namespace <namespace>', 'namespace that Outrider runs in', 'outrider-system')
    .option('--secret <name>', 'Secret with the certificate of the webhook', 'outrider-webhook-certificates')
    .addOption(
      new Option('-o, --output <format>', 'what is printed')
        .choices(['table', 'wide', 'json'])
        .default('table'),
    )
    .action(async (options: StatusOptions) => {
      // The Kubernetes client is loaded only here: it costs half a second and 128 MB to import.
      const { readForStatus } = await import('../cluster/read-for-status.ts');
      const snapshot = await readForStatus(options);
      const status = statusOf(snapshot, { ...options, version, now: new Date() });
      const { output } = options;
      process.stdout.write(output === 'json' ? renderStatusJson(status) : renderStatus(status, output));
      if (!status.well) process.exitCode = notWell;
    });
}
