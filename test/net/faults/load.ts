import type { Host, RunOptions } from '../host.ts';
import type { Endpoint } from '../traffic.ts';
import { fixture } from '../traffic.ts';

/** What became of the connections of a load. */
export interface Outcomes {
  readonly answered: number;
  readonly failed: number;
  /** Of the slowest of them, in seconds. */
  readonly slowest: number;
}

/** Counts up to the last time that it was asked are told once. */
export interface Load {
  outcomes(): Promise<Outcomes>;
}

/** Starts a number of callers that call without a pause. */
export function startLoad(
  host: Host,
  { address, port }: Endpoint,
  callers: number,
  options?: RunOptions,
): Load {
  const args = [fixture('load.py'), address, `${port}`, `${callers}`];
  const program = host.spawn('/usr/bin/python3', args, options);
  return {
    async outcomes() {
      program.writeLine('');
      return JSON.parse(await program.nextLine()) as Outcomes;
    },
  };
}
