import { Command, Option } from 'commander';
import { serveAuditor } from '../server/serve-auditor.ts';
import { toMilliseconds } from './duration.ts';
import { addInjectorOptions, findFamilies, type InjectorOptions } from './injector-options.ts';
import { toPort } from './port.ts';

/** `outrider auditor`: looks on, and tells which pods are not as they should be. */
export function auditorCommand(version: string): Command {
  const command = new Command('auditor')
    .description('tell which pods of a cluster are not as they should be')
    .addOption(
      new Option('--port <port>', 'port to serve /metrics, /healthz and /readyz on, by HTTP')
        .argParser(toPort)
        .default(8080),
    );
  return addInjectorOptions(command, version, 'the names of its ConfigMap and its Lease')
    .option(
      '--restart',
      'restart the workloads that they belong to, one by one (needs more permissions)',
      false,
    )
    .addOption(
      new Option('--restart-interval <duration>', 'from one restart to the next, such as 90s or 5m')
        .argParser(toMilliseconds)
        .default(5 * 60_000, '5m'),
    )
    .action(async (options: AuditorOptions, command: Command) => {
      const { ipFamilies, restart, restartInterval, ...rest } = options;
      const families = findFamilies(ipFamilies, command);
      await serveAuditor({ ...rest, version, families, ...(restart && { restartInterval }) });
    });
}

interface AuditorOptions extends InjectorOptions {
  port: number;
  restart: boolean;
  restartInterval: number;
}
