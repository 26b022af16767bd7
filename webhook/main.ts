#!/usr/bin/env node
import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { bootstrapCommand } from './commands/bootstrap.ts';
import { webhookCommand } from './commands/webhook.ts';

const program = new Command('outrider')
  .description('Kubernetes sidecar injector: stock Envoy beside every pod')
  .version(manifest.version)
  .addCommand(webhookCommand(manifest.version))
  .addCommand(bootstrapCommand())
  .addCommand(
    new Command('version').description('print the version').action(() => console.log(manifest.version)),
  );

// No await at the top level: the executable is built from a CommonJS bundle.
program.parseAsync().catch((error: unknown) => {
  console.error(`outrider: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
