/** The part of Bun's own interface that the init tool uses. @see https://bun.com/reference/bun */
declare const Bun: {
  spawn(
    command: readonly string[],
    options: {
      readonly stdin: Uint8Array;
      readonly stdout: 'pipe';
      readonly stderr: 'pipe';
      readonly env: NodeJS.ProcessEnv;
      /** In milliseconds. */
      readonly timeout?: number;
      readonly killSignal: 'SIGKILL';
    },
  ): {
    readonly stdout: { text(): Promise<string> };
    readonly stderr: { text(): Promise<string> };
    readonly exited: Promise<number>;
    readonly exitCode: number | null;
    readonly signalCode: NodeJS.Signals | null;
  };

  /** @throws an error with a `code` of the system's, such as EADDRINUSE */
  listen(options: {
    readonly unix: string;
    readonly socket: { open(socket: { end(): void }): void; data(): void };
  }): { stop(closeConnections: boolean): void };
};
