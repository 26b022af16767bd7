import { InvalidArgumentError, Option } from 'commander';

/** Of everything that is waited for, together. */
export const timeoutOption = (): Option =>
  new Option('--timeout <seconds>', 'how long to wait').argParser(toSeconds).default(180);

function toSeconds(text: string): number {
  const seconds = /^\d{1,5}s?$/.test(text) ? Number.parseInt(text, 10) : 0;
  if (seconds === 0) throw new InvalidArgumentError('Expected a number of seconds, such as 180.');
  return seconds;
}

/** By itself, or as kubectl has it: `--dry-run=server`. The API server is always asked. */
export const dryRunOption = (help: string): Option =>
  new Option('--dry-run [where]', help).choices(['server']).preset('server').default(false, 'no');
