/** What can be typed as the value of an option or in place of an argument. */
export type Values =
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'file' }
  /** Something that is not known here, such as a name. */
  | { readonly kind: 'free' };

export interface CompletedOption {
  /** Such as `-o` and `--output`. */
  readonly names: readonly string[];
  readonly description: string;
  /** None of an option that takes no value. */
  readonly value?: Values;
}

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** In place of arguments; none where there are none. */
  readonly argument?: Values;
}

export interface Candidate {
  readonly text: string;
  readonly description: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Names of files would fit, too. */
  readonly files: boolean;
}

/**
 * What could stand in place of the last of `words`, which follow the name of the executable. `--output=js` is one word,
 * and its candidates whole words.
 */
export function complete(commands: readonly CompletedCommand[], words: readonly string[]): Completion {
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = commands.find(({ name }) => name === before[0]);
  if (command === undefined) {
    // Nothing is known of a command that does not exist.
    return before.length > 0 ? none : starting(last, commands.map(ofCommand));
  }
  const [, assigned, begun = ''] = /^(--[^=]+)=(.*)$/s.exec(last) ?? [];
  if (assigned !== undefined) return ofValues(expectedAfter(command, assigned), begun, `${assigned}=`);
  const expected = expectedAfter(command, before.at(-1) ?? '');
  if (expected !== undefined) return ofValues(expected, last, '');
  if (last.startsWith('-')) return starting(last, command.options.flatMap(ofOption));
  return ofValues(command.argument, last, '');
}

const none: Completion = { candidates: [], files: false };

const ofCommand = ({ name, description }: CompletedCommand): Candidate => ({ text: name, description });

const ofOption = ({ names, description }: CompletedOption): Candidate[] =>
  names.map((text) => ({ text, description }));

const expectedAfter = ({ options }: CompletedCommand, name: string): Values | undefined =>
  options.find(({ names }) => names.includes(name))?.value;

function ofValues(values: Values | undefined, begun: string, prefix: string): Completion {
  switch (values?.kind) {
    case 'choices': {
      const candidates = values.choices.map((text) => ({ text: `${prefix}${text}`, description: '' }));
      return starting(`${prefix}${begun}`, candidates);
    }
    case 'file':
      return { candidates: [], files: true };
    case 'free':
    case undefined:
      return none;
  }
}

const starting = (begun: string, candidates: readonly Candidate[]): Completion => ({
  candidates: candidates.filter(({ text }) => text.startsWith(begun)),
  files: false,
});

/**
 * One candidate a line, its description after a tab, and at last what else the shell should do: `:0` offer files, `:4`
 * not. It is what kubectl reads of a plugin's completion (ShellCompDirective in github.com/spf13/cobra).
 */
export const renderCompletion = ({ candidates, files }: Completion): string =>
  [
    ...candidates.map(({ text, description }) => (description === '' ? text : `${text}\t${description}`)),
    `:${files ? 0 : 4}\n`,
  ].join('\n');
