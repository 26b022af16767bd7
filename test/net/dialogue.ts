import type { Host, RunOptions } from './host.ts';
import type { Program } from './program.ts';
import { type Endpoint, fixture } from './traffic.ts';

/** What became of one side of a connection: by whom and at which step it was ended early, if it was. */
export interface Course {
  readonly ended: 'reset' | 'closed' | 'refused' | 'timeout' | null;
  readonly at: string;
  /** From the start of the connection on. */
  readonly seconds: number;
  /** From the start of its last step on. */
  readonly waited: number;
}

/** Connects, goes by the steps of fixtures/dialogue.py, and tells what became of it. */
export async function converse(
  host: Host,
  { address, port }: Endpoint,
  steps: readonly string[],
  options?: RunOptions,
): Promise<Course> {
  const args = [fixture('dialogue.py'), 'connect', address, `${port}`, ...steps];
  const { stdout, stderr } = await host.exec('/usr/bin/python3', args, options);
  if (stdout === '') throw new Error(`the dialogue failed: ${stderr}`);
  return JSON.parse(stdout) as Course;
}

/** A server that goes by the steps with each connection; its lines are their courses. Resolves when it listens. */
export async function startDialogue(
  host: Host,
  port: number,
  steps: readonly string[],
  options?: RunOptions,
): Promise<Program> {
  const args = [fixture('dialogue.py'), 'serve', `${port}`, ...steps];
  const program = host.spawn('/usr/bin/python3', args, options);
  await program.nextLine();
  return program;
}

export const nextCourse = async (server: Program): Promise<Course> =>
  JSON.parse(await server.nextLine()) as Course;
