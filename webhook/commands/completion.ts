import { Argument, Command, type Option } from 'commander';
import {
  type CompletedCommand,
  type CompletedOption,
  complete,
  renderCompletion,
  type Values,
} from '../completion/complete.ts';
import { type Shell, scripts } from '../completion/scripts.ts';

/** What the shells' scripts put before the words that are typed; programs of Go have the same. */
export const completeWord = '__complete';

/** `outrider completion`: prints what a shell needs to complete the command line. */
export function completionCommand(executable: string): Command {
  return new Command('completion')
    .description('print the completion for a shell')
    .addArgument(new Argument('<shell>', 'whose').choices(Object.keys(scripts)))
    .action((shell: Shell) => void process.stdout.write(scripts[shell](executable)));
}

/** What the shells and kubectl call: prints what could stand in place of the last word. */
export function printCompletion(program: Command, words: readonly string[]): void {
  const visible = program.createHelp().visibleCommands(program);
  process.stdout.write(renderCompletion(complete(visible.map(describe), words)));
}

function describe(command: Command): CompletedCommand {
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(describeOption),
    ...(argument && {
      argument: argument.argChoices ? { kind: 'choices', choices: argument.argChoices } : { kind: 'free' },
    }),
  };
}

/** A value that may also be left out is typed behind a `=`, and not completed. */
function describeOption({ short, long, description, required, argChoices, flags }: Option): CompletedOption {
  return {
    names: [short, long].filter((name) => name !== undefined && name !== null),
    description,
    ...(required && { value: valuesOf(argChoices, flags) }),
  };
}

function valuesOf(choices: readonly string[] | undefined, flags: string): Values {
  if (choices) return { kind: 'choices', choices };
  return /<(file|path)>/.test(flags) ? { kind: 'file' } : { kind: 'free' };
}
