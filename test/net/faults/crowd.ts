import type { Host, RunOptions } from '../host.ts';
import { type Endpoint, fixture } from '../traffic.ts';

/** Many connections that are held. */
export interface Crowd {
  /** How many are open. */
  open(): Promise<number>;
  /** Says on each as much as is taken within some seconds, and tells the bytes. */
  pour(): Promise<number>;
  /** Ends them all. */
  stop(): Promise<void>;
}

export async function openCrowd(
  host: Host,
  { address, port }: Endpoint,
  count: number,
  options?: RunOptions,
): Promise<Crowd> {
  const args = [fixture('crowd.py'), 'open', address, `${port}`, `${count}`];
  const program = host.spawn('/usr/bin/python3', args, options);
  const ask = async (verb: string): Promise<number> => {
    program.writeLine(verb);
    return Number(await program.nextLine());
  };
  await program.nextLine();
  return { open: () => ask('count'), pour: () => ask('pour'), stop: () => program.stop() };
}

/** A server that takes all connections that come, and holds them. Whatever is said, it hears and forgets. */
export async function holdCrowd(host: Host, port: number, options?: RunOptions): Promise<void> {
  await host.spawn('/usr/bin/python3', [fixture('crowd.py'), 'hold', `${port}`], options).nextLine();
}
