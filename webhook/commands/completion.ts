import { Argument, Command, type Option } from 'commander';
import {
  type CompletedCommand,
  type CompletedOption,
  complete,
  renderCompletion,
  type Values,
  withNames,
} from '../completion/complete.ts';
import { type Shell, scripts } from '../completion/scripts.ts';
import { findNames } from './known-names.ts';

/** What the shells' scripts put before the words that are typed; programs of Go have the same. */
export const completeWord = '__complete';

/** `outrider completion`: prints what a shell needs to complete the command line. */
export function completionCommand(executable: string): Command {
  return new Command('completion')
    .description('print the completion for a shell')
    .addArgument(new Argument('<shell>', 'whose').choices(Object.keys(scripts)))
    .action((shell: Shell) => void process.stdout.write(scripts[shell](executable)));
}

/** What the shells and kubectl call: prints what could stand in place of the last word, and ends the process. */
export async function printCompletion(program: Command, words: readonly string[]): Promise<void> {
  const visible = program.createHelp().visibleCommands(program);
  const completion = complete(visible.map(describe), words);
  const { names } = completion;
  const whole = names === undefined ? completion : withNames(completion, names, await findNames(names));
  // A cluster that has not answered in time would keep it alive.
  process.stdout.write(renderCompletion(whole), () => process.exit(0));
}

function describe(command: Command): CompletedCommand {
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    options: command
      .createHelp()
      .visibleOptions(command)
      .map(describeOption(talksToCluster(command))),
    ...(argument && {
      argument: argument.argChoices ? { kind: 'choices', choices: argument.argChoices } : { kind: 'free' },
    }),
  };
}

const talksToCluster = ({ options }: Command): boolean => options.some(({ long }) => long === '--context');

/** A value that may also be left out is typed behind a `=`, and not completed. */
const describeOption =
  (online: boolean) =>
  ({ short, long, description, required, argChoices, flags }: Option): CompletedOption => ({
    names: [short, long].filter((name) => name !== undefined && name !== null),
    description,
    ...(required && { value: valuesOf(argChoices, flags, online) }),
  });

function valuesOf(choices: readonly string[] | undefined, flags: string, online: boolean): Values {
  if (choices) return { kind: 'choices', choices };
  const [, placeholder] = /<(.+)>/.exec(flags) ?? [];
  switch (placeholder) {
    case 'file':
    case 'path':
      return { kind: 'file' };
    case 'context':
    case 'namespace':
      return online ? { kind: 'known', of: placeholder } : { kind: 'free' };
    default:
      return { kind: 'free' };
  }
}
