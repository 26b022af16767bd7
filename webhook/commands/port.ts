import { InvalidArgumentError } from 'commander';
import { parsePort } from '../../settings/port.ts';

/** Parses the argument of an option. */
export function toPort(text: string): number {
  const port = parsePort(text);
  if (!port.ok) throw new InvalidArgumentError(`expected ${port.expected}`);
  return port.value;
}
