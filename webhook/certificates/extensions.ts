import type { X509Certificate } from 'node:crypto';
import {
  type Asn1,
  bits,
  boolean,
  bytesOf,
  fromDer,
  integer,
  isTagged,
  itemsOf,
  objectId,
  octets,
  sequence,
  tagged,
  toDer,
} from './der.ts';

/** The extensions of RFC 5280 section 4.2 that our certificates have. */
const ids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

const serverAuth = '1.3.6.1.5.5.7.3.1';

/** Bits of keyUsage, from the left: 0 is digitalSignature, 5 keyCertSign, 6 cRLSign. */
const digitalSignature = { byte: 0b1000_0000, unused: 7 };
const certificateAndListSign = { byte: 0b0000_0110, unused: 1 };

/** Of a CA that signs no other CA (pathLenConstraint 0). */
export const authorityExtensions = (keyIdentifier: Uint8Array): Asn1 =>
  sequence(
    extension(ids.basicConstraints, sequence(boolean(true), integer(Uint8Array.of(0))), 'critical'),
    extension(ids.keyUsage, usage(certificateAndListSign), 'critical'),
    extension(ids.subjectKeyIdentifier, octets(keyIdentifier)),
  );

/** @param issuer absent where the CA names no identifier of its key: then it is known by its name alone. */
export const servingExtensions = (dnsNames: readonly string[], issuer: Uint8Array | undefined): Asn1 =>
  sequence(
    extension(ids.basicConstraints, sequence(), 'critical'),
    extension(ids.keyUsage, usage(digitalSignature), 'critical'),
    extension(ids.extendedKeyUsage, sequence(objectId(serverAuth))),
    extension(ids.subjectAltName, sequence(...dnsNames.map((name) => tagged(2, Buffer.from(name))))),
    ...(issuer === undefined ? [] : [extension(ids.authorityKeyIdentifier, sequence(tagged(0, issuer)))]),
  );

/** What a CA's certificate calls its key. */
export function keyIdentifierOf(authority: X509Certificate): Uint8Array | undefined {
  const [body] = itemsOf(fromDer(authority.raw));
  const extensions = body && itemsOf(body).find((item) => isTagged(item, 3));
  const list = extensions && itemsOf(extensions)[0];
  const wanted = bytesOf(objectId(ids.subjectKeyIdentifier));
  const found =
    list && itemsOf(list).find((one) => itemsOf(one).some((part) => bytesOf(part).equals(wanted)));
  const value = found && itemsOf(found).at(-1);
  return value && bytesOf(fromDer(bytesOf(value)));
}

function extension(id: string, value: Asn1, critical?: 'critical'): Asn1 {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(toDer(value)));
}

const usage = ({ byte, unused }: { byte: number; unused: number }): Asn1 => bits(Uint8Array.of(byte), unused);
