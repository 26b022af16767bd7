import { execa, type Options } from 'execa';

/** A program that runs until it is stopped. */
export interface Program {
  readonly pid: number;
  /** The next line of its standard output. Rejects, with its standard error, when it has ended. */
  nextLine(): Promise<string>;
  /** Writes a line to its standard input. */
  writeLine(line: string): void;
  /** Resolves, to the command and its standard error, once it has ended by itself or was stopped. */
  readonly ended: Promise<string>;
  /** Ends it, and resolves once it is gone. */
  stop(): Promise<void>;
}

/** Starts a program. Its command line must not fork: `pid` is what gets stopped. */
export function startProgram(command: string, args: readonly string[], options: Options): Program {
  const subprocess = execa(command, args, { ...options, reject: false, forceKillAfterDelay: 1000 });
  const lines = subprocess.iterable({ from: 'stdout' });
  const iterator = lines[Symbol.asyncIterator]();
  if (subprocess.pid === undefined) throw new Error(`${command} did not start`);
  const ended = subprocess.then(
    ({ shortMessage, stderr }) => `${shortMessage ?? `${command} has ended`}\n${stderr}`,
  );
  return {
    pid: subprocess.pid,
    ended,
    async nextLine() {
      const line = await iterator.next();
      if (!line.done) return String(line.value);
      throw new Error(await ended);
    },
    writeLine(line) {
      subprocess.stdin?.write(`${line}\n`);
    },
    async stop() {
      subprocess.kill();
      await ended;
    },
  };
}
