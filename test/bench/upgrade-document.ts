import type { Creation, Creations } from '../soak/creations.ts';
import { quantile } from './quantile.ts';

/** From the command to the end of the last replica of before, in milliseconds since the start. */
export interface Rolled {
  readonly from: number;
  readonly to: number;
  /** After how long the command said that it was done. */
  readonly said: number;
}

/** One way to another version and back. */
export interface Roll {
  readonly title: string;
  readonly upgrade: Rolled;
  readonly rollback: Rolled;
  readonly creations: Creations;
}

/** The text at the end of docs/upgrade.md. */
export function renderRolls(rolls: readonly Roll[], perSecond: number): string {
  const row = (title: string, cell: (roll: Roll) => string): string =>
    `| ${title} | ${rolls.map(cell).join(' | ')} |`;
  const refused = ({ creations }: Roll): Creation[] => creations.all.filter(({ failure }) => failure);
  const healed = (roll: Roll): number[] =>
    refused(roll).map(({ failure }) => failure?.healedAfter ?? Number.POSITIVE_INFINITY);
  return `\`make bench-upgrade\` writes this table. On a real node, ${perSecond} pods a second are sent that should have a proxy (server-side
dry run), for ten seconds before, between and after, and while the webhook is brought to an image of another name and to other
settings, and back. A roll is over when the last replica of before has ended; it answers for some seconds after the command has
said that it is done. Times to the answer are of the API server's whole way, on two cores that do all of it.

| | ${rolls.map(({ title }) => title).join(' | ')} |
| --- |${rolls.map(() => ' --- |').join('')}
${[
  row('pods sent', ({ creations }) => `${creations.all.length}`),
  row('taken without their proxy', ({ creations }) => `${creations.uninjected}`),
  row('refused at first', (roll) => `${refused(roll).length}`),
  row('longest until one of these was taken', (roll) =>
    refused(roll).length === 0 ? 'none' : seconds(Math.max(...healed(roll))),
  ),
  row('upgrade: the command, the roll', ({ upgrade }) => timesOf(upgrade)),
  row('rollback: the command, the roll', ({ rollback }) => timesOf(rollback)),
  row('time to the answer before: median, 99 of 100, longest', (roll) =>
    quantilesOf(before(roll))
      .map((milliseconds) => `${milliseconds.toFixed(0)} ms`)
      .join(', '),
  ),
  row('the same while it rolls, as a multiple', (roll) => ratios(during(roll), before(roll))),
  row('the same afterwards', (roll) => ratios(afterwards(roll), before(roll))),
].join('\n')}
`;
}

const isIn =
  ({ from, to }: Pick<Rolled, 'from' | 'to'>) =>
  ({ at }: Creation): boolean =>
    at >= from && at < to;

const before = ({ creations, upgrade }: Roll): Creation[] =>
  creations.all.filter(isIn({ from: 0, to: upgrade.from }));

const during = ({ creations, upgrade, rollback }: Roll): Creation[] =>
  creations.all.filter((one) => isIn(upgrade)(one) || isIn(rollback)(one));

const afterwards = ({ creations, rollback }: Roll): Creation[] =>
  creations.all.filter(isIn({ from: rollback.to, to: Number.POSITIVE_INFINITY }));

const quantilesOf = (creations: readonly Creation[]): number[] =>
  [0.5, 0.99, 1].map((q) =>
    quantile(
      creations.map(({ milliseconds }) => milliseconds),
      q,
    ),
  );

function ratios(some: readonly Creation[], others: readonly Creation[]): string {
  const base = quantilesOf(others);
  return quantilesOf(some)
    .map((value, index) => (value / (base[index] ?? Number.NaN)).toFixed(1))
    .join(', ');
}

const timesOf = ({ from, to, said }: Rolled): string => `${seconds(said)}, ${seconds(to - from)}`;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
