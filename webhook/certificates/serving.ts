import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { readableCertificates, readCertificates } from './pem.ts';

/** What a server shows: its certificate, with those between it and its CA behind it, and its key; all in PEM. */
export interface Serving {
  readonly certificate: string;
  readonly key: string;
  /** The CA first that signed it, then those before; empty where whoever wrote it left that out. */
  readonly authorities: string;
}

/**
 * The certificate itself.
 *
 * @throws where there is none.
 */
export function leafOf({ certificate }: Pick<Serving, 'certificate'>): X509Certificate {
  const [leaf] = readCertificates(certificate);
  if (leaf === undefined) throw new Error('tls.crt has no certificate in PEM');
  return leaf;
}

/** The CAs that it came with, as far as they are any. */
export const authoritiesOf = ({ authorities }: Pick<Serving, 'authorities'>): X509Certificate[] =>
  readableCertificates(authorities).filter(({ ca }) => ca);

export const isSignedBy = (certificate: X509Certificate, authority: X509Certificate): boolean =>
  certificate.checkIssued(authority) && certificate.verify(authority.publicKey);

/** Why it cannot serve `dnsNames` at the time `now`; `undefined` when it can. */
export function findServingFlaw(
  serving: Serving,
  dnsNames: readonly string[],
  now: Date,
): string | undefined {
  try {
    const leaf = leafOf(serving);
    if (now < leaf.validFromDate) return 'it is not valid yet';
    if (now > leaf.validToDate) return `it has expired at ${leaf.validToDate.toISOString()}`;
    if (!leaf.checkPrivateKey(createPrivateKey(serving.key))) return 'its key does not belong to it';
    const missing = dnsNames.find((name) => leaf.checkHost(name, { subject: 'never' }) === undefined);
    return missing === undefined ? undefined : `it is not for ${missing}`;
  } catch (cause) {
    return `it cannot be read: ${cause instanceof Error ? cause.message : cause}`;
  }
}
