/**
 * A file that cannot be read, or a document that cannot be changed as asked.
 *
 * `unreadable`: the file; `shared`: the change would land in more places than one;
 * `layout`: it is written in a way in which the change cannot be made; `mark`: our own mark is not as we wrote it
 */
export class OfflineError extends Error {
  readonly code: 'unreadable' | 'shared' | 'layout' | 'mark';

  constructor(code: OfflineError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OfflineError';
    this.code = code;
  }
}
