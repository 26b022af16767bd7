#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { auditorCommand } from './commands/auditor.ts';
import { bootstrapCommand } from './commands/bootstrap.ts';
import { readCalledAs } from './commands/called-as.ts';
import { certificatesCommand } from './commands/certificates.ts';
import { checkCommand } from './commands/check.ts';
import { completeWord, completionCommand, printCompletion } from './commands/completion.ts';
import { badUsage } from './commands/exit-code.ts';
import { injectCommand } from './commands/inject.ts';
import { installCommand } from './commands/install.ts';
import { migrateCommand } from './commands/migrate.ts';
import { preflightCommand } from './commands/preflight.ts';
import { statusCommand } from './commands/status.ts';
import { uninjectCommand } from './commands/uninject.ts';
import { uninstallCommand } from './commands/uninstall.ts';
import { webhookCommand } from './commands/webhook.ts';
import { OfflineError } from './offline/offline-error.ts';

const calledAs = readCalledAs(process.argv0);
const program = new Command(calledAs.title)
  .description('Kubernetes sidecar injector: stock Envoy beside every pod')
  .version(manifest.version)
  .addCommand(webhookCommand(manifest.version))
  .addCommand(certificatesCommand())
  .addCommand(auditorCommand(manifest.version))
  .addCommand(injectCommand(manifest.version))
  .addCommand(uninjectCommand())
  .addCommand(checkCommand(manifest.version))
  .addCommand(migrateCommand())
  .addCommand(preflightCommand(manifest.version))
  .addCommand(installCommand('install', manifest.version))
  .addCommand(installCommand('upgrade', manifest.version))
  .addCommand(uninstallCommand())
  .addCommand(statusCommand(manifest.version))
  .addCommand(bootstrapCommand())
  .addCommand(completionCommand(calledAs.executable))
  .addCommand(
    new Command('version').description('print the version').action(() => console.log(manifest.version)),
  );

for (const command of [program, ...program.commands]) command.exitOverride();

const [first, ...rest] = process.argv.slice(2);
if (calledAs.kind === 'completion') void printCompletion(program, process.argv.slice(2));
else if (first === completeWord) void printCompletion(program, rest);
else run();

// No await at the top level: the executable is built from a CommonJS bundle.
function run(): void {
  program.parseAsync().catch((error: unknown) => {
    // Commander has told what is wrong with the command line.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : badUsage;
      return;
    }
    console.error(`${calledAs.title}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = error instanceof OfflineError ? badUsage : 1;
  });
}
