import { execa } from 'execa';
import { type Program, startProgram } from './program.ts';

export interface RunOptions {
  /** Runs as this user, without supplementary groups. */
  readonly uid?: number;
  /** With `uid`; the same number by default. */
  readonly gid?: number;
  readonly input?: string;
  /** Added to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One network namespace. */
export interface Host {
  readonly name: string;
  readonly addresses: { readonly ipv4: string; readonly ipv6: string };
  /** Runs a command to its end; an exit code other than 0 is an outcome, not an error. */
  exec(command: string, args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Starts a command that runs until it is stopped, at the latest by the pair's `close`. */
  spawn(command: string, args: readonly string[], options?: RunOptions): Program;
}

/** `started` collects what has to be stopped. */
export function createHost(name: string, addresses: Host['addresses'], started: Program[]): Host {
  return {
    name,
    addresses,
    async exec(command, args, options = {}) {
      const [file, ...rest] = commandLine(name, command, args, options);
      const { input = '', env = {} } = options;
      const result = await execa(file, rest, { input, env, reject: false, stripFinalNewline: false });
      if (result.exitCode === undefined) throw new Error(result.shortMessage);
      return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
    },
    spawn(command, args, options = {}) {
      const [file, ...rest] = commandLine(name, command, args, options);
      const program = startProgram(file, rest, { env: { ...options.env } });
      started.push(program);
      return program;
    },
  };
}

/** Lets another user than root read the programs of the tests where the checkout lies in a folder of root's alone. */
const readEverything = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];

/** Both `ip netns exec` and setpriv replace themselves by the command, so that its pid is the one that was started. */
function commandLine(
  name: string,
  command: string,
  args: readonly string[],
  { uid, gid = uid }: RunOptions,
): readonly [string, ...string[]] {
  const user =
    uid === undefined
      ? []
      : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...readEverything, '--'];
  return ['ip', 'netns', 'exec', name, ...user, command, ...args];
}
