export type ClusterErrorCode =
  /** This machine lacks something that the cluster needs; the message names it. */
  | 'unsupported'
  /** A program of the node ended by itself. */
  | 'component-ended'
  /** Something did not come about in time. */
  | 'timeout'
  /** An image could not be built. */
  | 'image';

/** The one error of this room. */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClusterError';
    this.code = code;
  }
}
