import { networkInterfaces } from 'node:os';
import { Command } from 'commander';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { outboundOf } from '../../proxy/outbound.ts';
import { resolveFamilies } from '../../settings/host-families.ts';
import { describeError, parseSettings } from '../../settings/parse.ts';
import { table } from '../../settings/table.ts';
import { selectHttpPorts } from '../injection/http-ports.ts';
import { runFolder } from '../injection/names.ts';
import { planTracing } from '../injection/tracing.ts';
import { badUsage } from './exit-code.ts';

/** `outrider bootstrap`: prints the Envoy bootstrap that a pod with the given settings would get. */
export function bootstrapCommand(): Command {
  const command = new Command('bootstrap').description('print the Envoy bootstrap');
  const flags = table.map(({ key, help }) => ({
    key,
    option: command.createOption(`--${key} <value>`, help),
  }));
  for (const { option } of flags) command.addOption(option);
  command.option(
    '--admin-socket <path>',
    "path of the admin interface's Unix socket",
    `${runFolder}/admin.sock`,
  );

  return command.action((options: Record<string, string | undefined>) => {
    const values = flags.flatMap(({ key, option }) => {
      const text = options[option.attributeName()];
      return text === undefined ? [] : [{ key, name: `--${key}`, text }];
    });
    const result = parseSettings([{ source: 'flag', values }], ['annotation', 'command']);
    if (!result.ok) {
      for (const error of result.errors) console.error(describeError(error));
      process.exitCode = badUsage;
      return;
    }
    const { outboundPort, inboundPort, ipFamilies, proxyMemoryLimit } = result.settings;
    const input = {
      outboundPort,
      inboundPort,
      families: resolveFamilies(ipFamilies, networkInterfaces()),
      adminSocket: options.adminSocket ?? '',
      httpPorts: selectHttpPorts([], result.settings),
      accessLog: result.settings.accessLog,
      tracing: planTracing(undefined, result.settings),
      redirectMode: result.settings.redirectMode,
      outbound: outboundOf(result.settings),
      memoryLimit: proxyMemoryLimit.value,
    };
    console.log(JSON.stringify(renderBootstrap(input), null, 2));
  });
}
