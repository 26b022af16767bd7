import { type ExitCode, exitCode } from './exit-code.ts';

export type InitErrorCode = 'usage' | 'refused' | 'tool-missing' | 'family-missing' | 'proxy-not-ready';

const exitCodes: Readonly<Record<InitErrorCode, ExitCode>> = {
  usage: exitCode.usage,
  refused: exitCode.refused,
  'tool-missing': exitCode.refused,
  'family-missing': exitCode.refused,
  'proxy-not-ready': exitCode.proxyNotReady,
};

/** An outcome that ends the run. The message is for a person, and may have several lines. */
export class InitError extends Error {
  override readonly name = 'InitError';
  readonly code: InitErrorCode;

  constructor(code: InitErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.code];
  }
}
