import type { Family } from '../settings/cidr.ts';
import type { Finding } from '../settings/lint/finding.ts';
import type { Backend } from './backend/backend.ts';
import type { OpenFamily } from './backend/uncaptured.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import type { Output } from './flags.ts';
import type { Difference } from './iptables/comparison.ts';
import type { Command, Step } from './iptables/plan.ts';
import type { Proof } from './validate/probe.ts';
import { describeProof } from './validate/words.ts';

/** What a command has to say: text for stdout, ending in a line break, and the exit code. */
export interface Report {
  readonly text: string;
  readonly exitCode: ExitCode;
}

export interface FamilyPlan {
  /** `inet` stands for both at once. */
  readonly family: Family | 'inet';
  /** The backend whose rules are removed, since another has them now. */
  readonly removes?: Backend;
  readonly steps: readonly Step[];
}

export interface FamilyComparison {
  readonly family: Family | 'inet';
  readonly absent: boolean;
  readonly differences: readonly Difference[];
}

type Change = 'apply' | 'cleanup';

/** What there is to say beside the families' own. */
export interface Notes {
  /** What of the settings has no effect: in JSON alone, since stderr has it in text. */
  readonly findings?: readonly Finding[];
  /** The families that are not captured; absent where there are none. */
  readonly open?: readonly OpenFamily[];
  /** What connections have shown; absent where none were made. */
  readonly validation?: readonly Proof[];
}

/**
 * JSON: `{command, families: [{family, removed?, changed}], findings?, open?, validation?}`; `removed` is a
 * backend that another has replaced.
 */
export function reportRun(
  command: Change,
  plans: readonly FamilyPlan[],
  output: Output,
  notes: Notes = {},
): Report {
  const families = plans.map(({ family, removes, steps }) => ({
    family,
    ...(removes !== undefined && { removed: removes }),
    changed: steps.length > 0,
  }));
  const words =
    command === 'apply' ? ['rules written', 'already as wanted'] : ['removed', 'nothing to remove'];
  const lines = families.map(({ family, removed, changed }) =>
    removed === undefined
      ? `${family}: ${changed ? words[0] : words[1]}`
      : `${family}: rules in ${removed} removed`,
  );
  const proofs = (notes.validation ?? []).map(describeProof);
  return done({ command, families, ...notes }, [...lines, ...openLines(notes), ...proofs], output);
}

/**
 * Text: the commands as a shell would run them. JSON: `{command, dryRun, families: [{family, commands}], findings?,
 * open?}`.
 */
export function reportDryRun(
  command: Change,
  plans: readonly FamilyPlan[],
  output: Output,
  notes: Notes = {},
): Report {
  const families = plans.map(({ family, steps }) => ({
    family,
    commands: steps.map(({ command, args, input }) => ({ command, args, ...(input && { input }) })),
  }));
  const lines = families.flatMap(({ family, commands }) =>
    commands.length === 0 ? [`# ${family}: nothing to do`] : commands.flatMap(shellLines),
  );
  const comments = openLines(notes).map((line) => line.replace(/^/gm, '# '));
  return done({ command, dryRun: true, families, ...notes }, [...lines, ...comments], output);
}

const openLines = ({ open = [] }: Notes): readonly string[] =>
  open.map(({ family, reason }) => `${family}: not captured: ${reason}`);

function shellLines({ command, args, input }: Command): readonly string[] {
  const line = [command, ...args].join(' ');
  return input === undefined ? [line] : [`${line} <<'END'`, `${input}END`];
}

/** JSON: `{command, verdict, families: [{family, verdict, differences}]}`; verdicts `same`, `drift`, `absent`. */
export function reportComparison(comparisons: readonly FamilyComparison[], output: Output): Report {
  const families = comparisons.map(({ family, absent, differences }) => ({
    family,
    verdict: absent ? 'absent' : differences.length > 0 ? 'drift' : 'same',
    differences,
  }));
  const every = (wanted: string): boolean => families.every(({ verdict }) => verdict === wanted);
  const verdict = every('same') ? 'same' : every('absent') ? 'absent' : 'drift';
  const code = { same: exitCode.done, absent: exitCode.absent, drift: exitCode.drift }[verdict];
  const lines = families.flatMap(({ family, verdict, differences }) => {
    if (verdict === 'same') return [`${family}: the rules are as wanted`];
    if (verdict === 'absent') return [`${family}: there are no rules of Outrider`];
    return [
      `${family}: the rules differ (- missing, + extra, ~ out of order)`,
      ...differences.map(differenceLine),
    ];
  });
  return { ...done({ command: 'verify', verdict, families }, lines, output), exitCode: code };
}

const signs = { missing: '-', extra: '+', reordered: '~' } as const;
const differenceLine = ({ kind, line, reason }: Difference): string =>
  `  ${signs[kind]} ${line}${reason === undefined ? '' : `   # ${reason}`}`;

function done(json: object, lines: readonly string[], output: Output): Report {
  const text = output === 'json' ? JSON.stringify(json) : lines.join('\n');
  return { text: `${text}\n`, exitCode: exitCode.done };
}
