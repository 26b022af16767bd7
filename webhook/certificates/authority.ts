import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { readCertificates } from './pem.ts';

/** A certificate authority: its certificate and its key, in PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

/** Keys that a certificate can be signed with here. */
const keyTypes = ['rsa', 'ec'];

/**
 * Its certificate: the first one of the text, where those above it follow.
 *
 * @throws where there is none.
 */
export function certificateOf({ certificate }: Pick<Authority, 'certificate'>): X509Certificate {
  const [first] = readCertificates(certificate);
  if (first === undefined) throw new Error('tls.crt has no certificate in PEM');
  return first;
}

/** Why a CA cannot sign at the time `now`; `undefined` when it can. */
export function findAuthorityFlaw(authority: Authority, now: Date): string | undefined {
  try {
    const certificate = certificateOf(authority);
    const key = createPrivateKey(authority.key);
    if (!certificate.ca) return 'its certificate is not that of a CA (basicConstraints CA:TRUE)';
    if (now < certificate.validFromDate) return 'its certificate is not valid yet';
    if (now > certificate.validToDate) {
      return `its certificate has expired at ${certificate.validToDate.toISOString()}`;
    }
    if (!certificate.checkPrivateKey(key)) return 'its key does not belong to its certificate';
    if (!keyTypes.includes(key.asymmetricKeyType ?? '')) {
      return `its key is of the type ${key.asymmetricKeyType}: expected ${keyTypes.join(' or ')}`;
    }
    return undefined;
  } catch (cause) {
    return `it cannot be read: ${cause instanceof Error ? cause.message : cause}`;
  }
}
