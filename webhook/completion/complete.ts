export type KnownName = 'context' | 'namespace';

/** What can be typed as the value of an option or in place of an argument. */
export type Values =
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'file' }
  /** Names that the kubeconfig or the cluster knows. */
  | { readonly kind: 'known'; readonly of: KnownName }
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
  /** Names would fit as well that somebody else has to tell. */
  readonly names?: WantedNames;
}

export interface WantedNames {
  readonly of: KnownName;
  /** What is typed of one. */
  readonly begun: string;
  /** What stands before it in the same word. */
  readonly prefix: string;
  /** What is typed of where to ask. */
  readonly kubeconfig?: string;
  readonly context?: string;
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
  const where = { ...given('kubeconfig', before), ...given('context', before) };
  if (assigned !== undefined) return ofValues(expectedAfter(command, assigned), begun, `${assigned}=`, where);
  const expected = expectedAfter(command, before.at(-1) ?? '');
  if (expected !== undefined) return ofValues(expected, last, '', where);
  if (last.startsWith('-')) return starting(last, command.options.flatMap(ofOption));
  return ofValues(command.argument, last, '', where);
}

const none: Completion = { candidates: [], files: false };

const ofCommand = ({ name, description }: CompletedCommand): Candidate => ({ text: name, description });

const ofOption = ({ names, description }: CompletedOption): Candidate[] =>
  names.map((text) => ({ text, description }));

const expectedAfter = ({ options }: CompletedCommand, name: string): Values | undefined =>
  options.find(({ names }) => names.includes(name))?.value;

/** The value of an option in the words so far: `--context shop` or `--context=shop`. */
function given(name: 'kubeconfig' | 'context', words: readonly string[]): Where {
  const option = `--${name}`;
  const at = words.findLastIndex((word) => word === option || word.startsWith(`${option}=`));
  const value = words[at] === option ? words[at + 1] : words[at]?.slice(option.length + 1);
  return value === undefined ? {} : { [name]: value };
}

type Where = Pick<WantedNames, 'kubeconfig' | 'context'>;

function ofValues(values: Values | undefined, begun: string, prefix: string, where: Where): Completion {
  switch (values?.kind) {
    case 'choices': {
      const candidates = values.choices.map((text) => ({ text: `${prefix}${text}`, description: '' }));
      return starting(`${prefix}${begun}`, candidates);
    }
    case 'file':
      return { candidates: [], files: true };
    case 'known':
      return { ...none, names: { of: values.of, begun, prefix, ...where } };
    case 'free':
    case undefined:
      return none;
  }
}

const starting = (begun: string, candidates: readonly Candidate[]): Completion => ({
  candidates: candidates.filter(({ text }) => text.startsWith(begun)),
  files: false,
});

/** The completion once the names are told. */
export const withNames = (
  completion: Completion,
  { begun, prefix }: WantedNames,
  names: readonly string[],
): Completion => ({
  ...completion,
  candidates: names
    .filter((name) => name.startsWith(begun))
    .map((name) => ({ text: `${prefix}${name}`, description: '' })),
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
