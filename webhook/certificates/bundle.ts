import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate authority and the serving certificate that it signed, all in PEM. */
export interface CertificateBundle {
  readonly caCertificate: string;
  readonly caKey: string;
  readonly certificate: string;
  readonly key: string;
}

/** The name of each part where it is kept: a file of a folder, a key of a Secret. */
export const partNames: Readonly<Record<keyof CertificateBundle, string>> = {
  caCertificate: 'ca.crt',
  caKey: 'ca.key',
  certificate: 'tls.crt',
  key: 'tls.key',
};

/** Why a bundle cannot serve `dnsNames` at the time `now`; `undefined` when it can. */
export function findFlaw(
  bundle: CertificateBundle,
  dnsNames: readonly string[],
  now: Date,
): string | undefined {
  try {
    const authority = new X509Certificate(bundle.caCertificate);
    const serving = new X509Certificate(bundle.certificate);
    for (const [what, certificate] of [
      ['CA', authority],
      ['serving', serving],
    ] as const) {
      if (now < certificate.validFromDate) return `the ${what} certificate is not valid yet`;
      if (now > certificate.validToDate) return `the ${what} certificate has expired`;
    }
    if (!serving.checkIssued(authority) || !serving.verify(authority.publicKey)) {
      return 'the serving certificate is not signed by the CA';
    }
    if (!serving.checkPrivateKey(createPrivateKey(bundle.key))) {
      return 'the serving key does not belong to the certificate';
    }
    const missing = dnsNames.find((name) => serving.checkHost(name) === undefined);
    return missing === undefined ? undefined : `the serving certificate is not for ${missing}`;
  } catch (cause) {
    return `it cannot be read: ${cause instanceof Error ? cause.message : cause}`;
  }
}
