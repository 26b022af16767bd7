import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { type Authority, certificateOf } from './authority.ts';
import {
  type Asn1,
  bits,
  fromDer,
  integer,
  isTagged,
  itemsOf,
  nothing,
  objectId,
  sequence,
  set,
  tagged,
  time,
  toDer,
  utf8,
} from './der.ts';
import { authorityExtensions, keyIdentifierOf, servingExtensions } from './extensions.ts';
import { toPem } from './pem.ts';
import type { Serving } from './serving.ts';

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
  const subject = name(`outrider-ca ${serial.toString('hex', 0, 4)}`);
  const body = certificateBody({
    serial,
    issuer: { name: subject, key: privateKey },
    subject,
    publicKey,
    now,
    until: new Date(now.getTime() + life),
    extensions: authorityExtensions(keyIdentifier(publicKey)),
  });
  return { certificate: signed(body, privateKey), key: toText(privateKey) };
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
  const issuerKey = createPrivateKey(authority.key);
  const body = certificateBody({
    serial: newSerial(),
    issuer: { name: subjectOf(issuer.raw), key: issuerKey },
    subject: name(dnsNames[0]?.split('.', 1)[0] ?? ''),
    publicKey,
    now,
    until: new Date(Math.min(now.getTime() + life, issuer.validToDate.getTime())),
    extensions: servingExtensions(dnsNames, keyIdentifierOf(issuer)),
  });
  return { certificate: signed(body, issuerKey), key: toText(privateKey) };
}

interface Body {
  readonly serial: Buffer;
  readonly issuer: { readonly name: Asn1; readonly key: KeyObject };
  readonly subject: Asn1;
  readonly publicKey: KeyObject;
  readonly now: Date;
  readonly until: Date;
  readonly extensions: Asn1;
}

/** The TBSCertificate of RFC 5280 section 4.1, version 3. */
function certificateBody({ serial, issuer, subject, publicKey, now, until, extensions }: Body): Asn1 {
  return sequence(
    tagged(0, integer(Uint8Array.of(2))),
    integer(serial),
    algorithmOf(issuer.key),
    issuer.name,
    sequence(time(new Date(now.getTime() - backdateMilliseconds)), time(until)),
    subject,
    fromDer(publicKey.export({ type: 'spki', format: 'der' })),
    tagged(3, extensions),
  );
}

function signed(body: Asn1, key: KeyObject): string {
  const signature = sign('sha256', toDer(body), key);
  return toPem('CERTIFICATE', toDer(sequence(body, algorithmOf(key), bits(signature))));
}

/** sha256WithRSAEncryption has parameters, and they are NULL; ecdsa-with-SHA256 has none (RFC 5758 section 3.2). */
function algorithmOf({ asymmetricKeyType }: KeyObject): Asn1 {
  return asymmetricKeyType === 'rsa'
    ? sequence(objectId('1.2.840.113549.1.1.11'), nothing())
    : sequence(objectId('1.2.840.10045.4.3.2'));
}

const name = (common: string): Asn1 => sequence(set(sequence(objectId('2.5.4.3'), utf8(common))));

/** The name of a certificate's subject, to the byte: verifiers compare it as it was written. */
function subjectOf(certificate: Uint8Array): Asn1 {
  const [body] = itemsOf(fromDer(certificate));
  // Behind serial number, algorithm, issuer and validity; the version before them is optional.
  const parts = body ? itemsOf(body).filter((item) => !isTagged(item, 0)) : [];
  const subject = parts[4];
  if (subject === undefined) throw new Error('the certificate of the CA has no subject');
  return subject;
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const toText = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Positive, not zero, and of 20 octets at most (RFC 5280 section 4.1.2.2): here of 16, the first 0x40 to 0x7f. */
function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return serial;
}

/** RFC 7093 section 2, method 1, of the whole key: any value will do that is the key's own. */
const keyIdentifier = (key: KeyObject): Uint8Array =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
