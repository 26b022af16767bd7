import { InvalidArgumentError } from 'commander';

const milliseconds: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Argument of an option: `90s`, `5m`, `1h`; in milliseconds. */
export function toMilliseconds(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,4})([smh])$/.exec(text) ?? [];
  const factor = milliseconds[unit];
  if (factor === undefined) {
    throw new InvalidArgumentError('expected a number of seconds, minutes or hours: 90s, 5m, 1h');
  }
  return Number(count) * factor;
}
