import { X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Each certificate of a text, in its order; what stands between them is left out.
 *
 * @throws where one cannot be read.
 */
export const readCertificates = (text: string): X509Certificate[] =>
  [...text.matchAll(block)].map(([pem]) => new X509Certificate(pem));

/** Those of them that can be read: for texts that others may have written. */
export function readableCertificates(text: string): X509Certificate[] {
  return [...text.matchAll(block)].flatMap(([pem]) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
}

/** One form for the same certificates, however they were written. */
export const writeCertificates = (certificates: readonly X509Certificate[]): string =>
  certificates.map(String).join('');
