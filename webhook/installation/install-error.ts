export type InstallErrorCode =
  /** Something in the cluster stands in the way; nothing was touched. */
  | 'preflight'
  | 'installed-already'
  | 'not-installed'
  /** A step did not come about, or was refused. */
  | 'unfinished'
  /** Pods have a proxy, or will be refused, and nobody has said that they may. */
  | 'pods-injected';

/** Why Outrider was not installed, upgraded or removed, with what to do now. */
export class InstallError extends Error {
  readonly code: InstallErrorCode;

  constructor(code: InstallErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InstallError';
    this.code = code;
  }
}
