import { align } from '../align.ts';
import type { Answer } from './answer.ts';
import type { Connection, Passed } from './path.ts';
import type { Step } from './walk.ts';

/**
 * The path as lines for a person, a chain that a rule leads to indented below that rule:
 * `·` passed by, and why; `›` taken; `?` not understood; `►` the rule that decided.
 */
export function drawAnswer(answer: Answer, connection: Connection): readonly string[] {
  const rows = answer.passed.flatMap((passed) => drawPassed(passed, answer.by));
  return [
    describeConnection(connection),
    '',
    ...align(rows),
    ...(rows.length > 0 ? [''] : []),
    ...conclusion(answer),
  ];
}

/** JSON: `{command, connection, verdict, port, by, via, notUnderstood, otherwise, passed}`; steps as in {@link Step}. */
export function answerJson({ by, via, notUnderstood, ...answer }: Answer, connection: Connection): object {
  const { source, destination, ...rest } = connection;
  const bare = ({ steps: _, ...step }: Step): Step => step;
  return {
    command: 'trace',
    connection: { ...rest, source: source?.text ?? null, destination: destination.text },
    ...answer,
    by: by === undefined ? null : bare(by),
    via: via.map(bare),
    notUnderstood: notUnderstood.map(bare),
  };
}

function describeConnection({ protocol, source, destination, port, from }: Connection): string {
  const to = destination.family === 'ipv6' ? `[${destination.text}]` : destination.text;
  const who =
    from.kind === 'peer' ? `a peer, in ${from.inInterface}` : `the pod, uid ${from.uid}, gid ${from.gid}`;
  return `${protocol} from ${who}${source === undefined ? '' : `, ${source.text}`} to ${to}:${port}`;
}

type Row = readonly string[];

function drawPassed({ table, hook, steps }: Passed, by: Step | undefined): readonly Row[] {
  return [[`${table} ${hook}`], ...steps.flatMap((step) => drawStep(step, by, 1))];
}

function drawStep(step: Step, by: Step | undefined, depth: number): readonly Row[] {
  const sign = step === by ? '►' : { skipped: '·', taken: '›', unknown: '?' }[step.outcome];
  const remark = step.outcome === 'taken' ? (step.reason ?? '') : `(${step.why})`;
  return [
    [`${'  '.repeat(depth)}${sign} ${step.match}`, step.does, remark],
    ...(step.steps ?? []).flatMap((below) => drawStep(below, by, depth + 1)),
  ];
}

function conclusion(answer: Answer): readonly string[] {
  const { verdict, otherwise, by, via, notUnderstood } = answer;
  // The kernel's own chains have only the way into ours.
  const route = [...via.slice(1), ...(by === undefined ? [] : [by])];
  const rule = route.length === 0 ? 'no rule takes it' : `by ${route.map(nameStep).join(', then ')}`;
  if (verdict !== 'unknown') return [`${describe(verdict, answer)}: ${rule}`];
  return [
    `unknown: ${notUnderstood.length === 1 ? 'a rule' : `${notUnderstood.length} rules`} on the way not understood`,
    ...notUnderstood.map((step) => `  ${nameStep(step)}: ${step.match}, ${step.does}`),
    `${describe(otherwise ?? 'direct', answer)} if none of them matches: ${rule}`,
  ];
}

const describe = (verdict: string, { port }: Answer): string =>
  port === undefined || verdict === 'dropped' ? verdict : `${verdict}, to port ${port}`;

function nameStep({ table, chain, position, reason, setting }: Step): string {
  const why = [reason, setting].filter(
    (text, index, all) => text !== undefined && all.indexOf(text) === index,
  );
  return `rule ${position} of ${table} ${chain}${why.length > 0 ? ` (${why.join('; ')})` : ''}`;
}
