import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { type Authority, certificateOf } from './authority.ts';
import type { Serving } from './serving.ts';
import { keyIdentifierExtension, keyIdentifierOf, writeCertificate } from './x509.ts';

/** Tolerates a clock of the API server's that runs behind ours. */
const backdateMilliseconds = 5 * 60 * 1000;

/** When a certificate of ours was issued. */
export const issuedAt = ({ validFromDate }: { readonly validFromDate: Date }): Date =>
  new Date(validFromDate.getTime() + backdateMilliseconds);

/**
 * Makes a CA. Its name is its own, so that two of ours in one bundle are told apart by it.
 *
 * @param life in milliseconds.
 */
export function issueAuthority(life: number, now: Date): Authority {
  const { publicKey, privateKey } = newKeys();
  const serial = newSerial();
  const certificate = writeCertificate({
    serial,
    commonName: `outrider-ca ${serial.slice(0, 8)}`,
    ...validity(now, now.getTime() + life),
    publicKey,
    extensions: [
      // It signs no other CA.
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
      keyIdentifierExtension(keyIdentifier(publicKey)),
    ],
    issuer: { key: privateKey },
  });
  return { certificate, key: toText(privateKey) };
}

/**
 * Makes a certificate for `dnsNames`; it does not outlive its CA. Its subject is for people, and a whole name could be
 * too long for it (64 characters, RFC 5280 appendix A.1).
 *
 * @param life in milliseconds.
 */
export function issueServing(
  authority: Authority,
  dnsNames: readonly string[],
  life: number,
  now: Date,
): Pick<Serving, 'certificate' | 'key'> {
  const { publicKey, privateKey } = newKeys();
  const issuer = certificateOf(authority);
  const issuerKeyIdentifier = keyIdentifierOf(issuer);
  const certificate = writeCertificate({
    serial: newSerial(),
    commonName: dnsNames[0]?.split('.', 1)[0] ?? '',
    ...validity(now, Math.min(now.getTime() + life, issuer.validToDate.getTime())),
    publicKey,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: false },
      { name: 'keyUsage', critical: true, digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: dnsNames.map((value) => ({ type: dnsName, value })) },
      // Without one the CA is known by its name alone.
      ...(issuerKeyIdentifier === undefined
        ? []
        : [{ name: 'authorityKeyIdentifier', keyIdentifier: issuerKeyIdentifier }]),
    ],
    issuer: { certificate: issuer, key: createPrivateKey(authority.key) },
  });
  return { certificate, key: toText(privateKey) };
}

/** Of the kinds of names in subjectAltName (RFC 5280 section 4.2.1.6). */
const dnsName = 2;

const validity = (now: Date, until: number): { readonly notBefore: Date; readonly notAfter: Date } => ({
  notBefore: new Date(now.getTime() - backdateMilliseconds),
  notAfter: new Date(until),
});

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const toText = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Positive, not zero, and of 20 octets at most (RFC 5280 section 4.1.2.2): here of 16, the first 0x40 to 0x7f; hexadecimal. */
function newSerial(): string {
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return serial.toString('hex');
}

/** RFC 7093 section 2, method 1, of the whole key: any value will do that is the key's own. */
const keyIdentifier = (key: KeyObject): Uint8Array =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
