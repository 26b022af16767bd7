/** `contended`: the store kept changing under us. `unreadable`: the store's content is not a bundle. */
export class CertificateError extends Error {
  readonly code: 'contended' | 'unreadable';

  constructor(code: CertificateError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CertificateError';
    this.code = code;
  }
}
