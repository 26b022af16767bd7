import { Command, CommanderError, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import type { Finding } from '../settings/lint/finding.ts';
import { exitCode } from './exit-code.ts';
import { type CommandName, runFlagsOf, settingFlags, takesSettings, variableOf } from './flags.ts';
import { InitError } from './init-error.ts';
import { askedOutput, noticesOf, noticeText, warningOf } from './notice.ts';
import { type Options, parseOptions } from './options.ts';
import type { Report } from './report.ts';
import { writeTerminationLog } from './termination-log.ts';

/**
 * The command line: options in, one command run, its report out. A run loads and builds what its own command needs,
 * and no more: every pod waits for it. For the same reason it writes by the console, which Bun has at hand, and not to
 * process.stdout, for which it would first load its streams.
 */

type Run = (options: Options, tell: (findings: readonly Finding[]) => void) => Report | Promise<Report>;

const commands: Readonly<Record<CommandName, { readonly help: string; readonly load: () => Promise<Run> }>> =
  {
    apply: { help: 'write the rules', load: async () => (await import('./apply.ts')).apply },
    verify: {
      help: 'compare the kernel with the settings: same 0, drift 3, absent 4',
      load: async () => (await import('./verify.ts')).verify,
    },
    cleanup: { help: 'remove what apply wrote', load: async () => (await import('./cleanup.ts')).cleanup },
    explain: {
      help: 'tell each rule, why it is there, and what has no effect',
      load: async () => (await import('./explain.ts')).explain,
    },
    trace: {
      help: 'tell where a connection would go, and by which rule',
      load: async () => (await import('./trace/trace.ts')).trace,
    },
  };

const output = askedOutput(process.argv, process.env);

const program = new Command('outrider-init')
  .description("Redirects a pod's TCP traffic to its proxy")
  .version(manifest.version)
  // Of a bad command line, commander tells stderr itself; as JSON, it is told below.
  .configureOutput({
    writeOut: (text) => console.log(text.trimEnd()),
    writeErr: (text) => {
      if (output === 'text') console.error(text.trimEnd());
    },
  })
  .exitOverride()
  .hook('preSubcommand', (_, command) => addFlags(command));

for (const [name, { help }] of Object.entries(commands)) program.command(name).description(help);

function addFlags(command: Command): void {
  const name = command.name() as CommandName;
  const flags = [...(takesSettings(name) ? settingFlags : []), ...runFlagsOf(name)];
  const options = flags.map(({ key, value, help, repeatable }) => {
    const flag = value === undefined ? `--${key}` : `--${key} <${value}>`;
    const option = new Option(flag, `${help} (${variableOf(key)})`);
    if (repeatable) option.argParser((text, before?: string) => (before ? `${before},${text}` : text));
    return { key, option };
  });
  const counts = new Map<string, number>();
  for (const { key, option } of options) {
    command.addOption(option);
    command.on(`option:${key}`, () => counts.set(key, (counts.get(key) ?? 0) + 1));
  }
  const single = flags.filter(({ repeatable }) => !repeatable);
  command.action(async () => {
    // The last one would win without a word, and the user would believe in both.
    const twice = single
      .filter(({ key }) => (counts.get(key) ?? 0) > 1)
      .map(({ key }) => `flag --${key}: given twice`);
    if (twice.length > 0) throw new InitError('usage', twice.join('\n'));
    const given = options.flatMap(({ key, option }): [string, string][] => {
      const text: unknown = command.getOptionValue(option.attributeName());
      return text === undefined ? [] : [[key, String(text)]];
    });
    const settled = parseOptions(name, new Map(given), process.env);
    const run = await commands[name].load();
    const report = await run(settled, (findings) => {
      for (const finding of findings) console.error(noticeText(warningOf(finding), output));
    });
    console.log(report.text.trimEnd());
    process.exitCode = report.exitCode;
  });
}

program.parseAsync().catch((error: unknown) => {
  process.exitCode = fail(error);
});

/** Tells the reason on stderr and to the kubelet, and gives the exit code. */
function fail(thrown: unknown): number {
  const isCommander = thrown instanceof CommanderError;
  if (isCommander && thrown.exitCode === 0) return exitCode.done;
  const error = isCommander ? new InitError('usage', describeMisuse(thrown), { cause: thrown }) : thrown;
  const notices = noticesOf(error);
  if (!isCommander || output === 'json')
    for (const notice of notices) console.error(noticeText(notice, output));
  writeTerminationLog(notices.map(({ message }) => message).join('\n'), process.env);
  if (error instanceof InitError && error.report !== undefined) console.log(error.report.trimEnd());
  return error instanceof InitError ? error.exitCode : exitCode.unexpected;
}

/** In one line. Without a command, commander shows its help and gives no reason. */
const describeMisuse = ({ code, message }: CommanderError): string =>
  code === 'commander.help'
    ? `a command is missing: expected one of ${Object.keys(commands).join(', ')}`
    : message.replace(/^error: /, '').replaceAll('\n', ' ');
