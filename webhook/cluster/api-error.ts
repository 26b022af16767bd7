export type ApiErrorCode =
  /** There is none, or it does not say which cluster. */
  | 'kubeconfig'
  /** No answer came. */
  | 'unreachable'
  /** The API server does not take the credentials. */
  | 'unauthorized'
  | 'forbidden'
  | 'conflict'
  /** Any other answer that is no success. */
  | 'refused';

/** Why the API server did not do what it was asked, in one line with the remedy. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;

  constructor(code: ApiErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
  }
}
