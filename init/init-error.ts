import type { Family } from '../settings/cidr.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

export type InitErrorCode =
  | 'usage'
  | 'locked'
  | 'refused'
  | 'tool-missing'
  | 'family-missing'
  | 'validation-failed'
  | 'proxy-not-ready';

const exitCodes: Readonly<Record<InitErrorCode, ExitCode>> = {
  usage: exitCode.usage,
  locked: exitCode.refused,
  refused: exitCode.refused,
  'tool-missing': exitCode.refused,
  'family-missing': exitCode.refused,
  'validation-failed': exitCode.validationFailed,
  'proxy-not-ready': exitCode.proxyNotReady,
};

/** An outcome that ends the run. The message is for a person, and may have several lines. */
export class InitError extends Error {
  override readonly name = 'InitError';
  readonly code: InitErrorCode;
  /** The one that could not be read or captured; undefined where it is not about one. */
  readonly family: Family | undefined;
  /** What the run has to say for stdout all the same; the message is for stderr. */
  readonly report: string | undefined;

  constructor(
    code: InitErrorCode,
    message: string,
    options: ErrorOptions & { family?: Family | undefined; report?: string } = {},
  ) {
    super(message, options);
    this.code = code;
    this.family = options.family;
    this.report = options.report;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.code];
  }
}
