import type { Host, RunOptions } from '../host.ts';
import { fixture } from '../traffic.ts';

/** Connections that a server got since it was asked before, by the address that they came from. */
export interface Arrivals {
  count(): Promise<Readonly<Record<string, number>>>;
}

export async function startArrivals(host: Host, port: number, options?: RunOptions): Promise<Arrivals> {
  const program = host.spawn('/usr/bin/python3', [fixture('arrivals.py'), `${port}`], options);
  await program.nextLine();
  return {
    async count() {
      program.writeLine('');
      return JSON.parse(await program.nextLine()) as Record<string, number>;
    },
  };
}
