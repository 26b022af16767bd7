import { expected, type Parsed, parsed } from '../../settings/result.ts';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Shorter ones would leave no time for a new CA to become known before it signs. */
const shortest = 120_000;

/** How long a certificate lives, in milliseconds: `90d`, `12h`, `2m`. */
export function parseLife(text: string): Parsed<number> {
  const [, count, unit = ''] = /^([1-9][0-9]{0,6})([smhd])$/.exec(text) ?? [];
  const life = Number(count) * (units[unit] ?? 0);
  return life >= shortest ? parsed(life) : expected('a time of two minutes or more, such as 7d, 12h or 30m');
}
