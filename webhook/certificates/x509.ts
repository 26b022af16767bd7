import { type KeyObject, sign, X509Certificate } from 'node:crypto';
import forge from 'node-forge';

const { asn1, pki } = forge;
type Asn1 = forge.asn1.Asn1;

const rsaWithSha256 = '1.2.840.113549.1.1.11';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** What a certificate says, and by whom. */
export interface Statement {
  /** Hexadecimal. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly commonName: string;
  readonly publicKey: KeyObject;
  /** As node-forge names them: RFC 5280 section 4.2. */
  readonly extensions: readonly object[];
  /** Without a certificate it signs itself. */
  readonly issuer: { readonly certificate?: X509Certificate; readonly key: KeyObject };
}

/**
 * The certificate in PEM. node-forge writes all of it but what has to do with keys: it knows those of RSA alone, and
 * OpenSSL makes, reads and uses ours.
 */
export function writeCertificate(statement: Statement): string {
  const { serial, notBefore, notAfter, commonName, publicKey, extensions, issuer } = statement;
  const certificate = pki.createCertificate();
  certificate.serialNumber = serial;
  certificate.validity = { notBefore, notAfter };
  certificate.setSubject([{ name: 'commonName', value: commonName }]);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([...extensions]);
  certificate.publicKey = anyRsaKey;
  certificate.siginfo.algorithmOid = certificate.signatureOid = rsaWithSha256;
  certificate.signature = '';

  const whole = pki.certificateToAsn1(certificate);
  const body = itemOf(whole, 0);
  const algorithm = algorithmOf(issuer.key);
  replace(body, inBody.algorithm, algorithm);
  if (issuer.certificate) replace(body, inBody.issuer, itemOf(bodyOf(issuer.certificate), inBody.subject));
  replace(body, inBody.publicKey, fromDer(publicKey.export({ type: 'spki', format: 'der' })));
  replace(whole, 1, algorithm);
  // Whole octets: of the last one, no bit is unused.
  const signature = `\0${toBytes(sign('sha256', toDer(body), issuer.key))}`;
  replace(whole, 2, asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, signature));
  return String(new X509Certificate(toDer(whole)));
}

/** What a CA's certificate calls its key, as node-forge holds bytes; `undefined` where it has no name for it. */
export function keyIdentifierOf(authority: X509Certificate): string | undefined {
  const list = itemsOf(itemOf(itemOf(bodyOf(authority), inBody.extensions), 0));
  const found = list.find(
    (one) => asn1.derToOid(`${itemOf(one, 0).value}`) === pki.oids.subjectKeyIdentifier,
  );
  // Behind its name, and whether it is critical: octets, in which there are octets.
  const octets = found && itemsOf(found).at(-1);
  return octets && `${asn1.fromDer(`${octets.value}`).value}`;
}

/** An extension that names the key of the certificate that has it. */
export function keyIdentifierExtension(bytes: Uint8Array): object {
  const octets = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, toBytes(bytes));
  return { id: pki.oids.subjectKeyIdentifier, value: asn1.toDer(octets).getBytes() };
}

/**
 * Where they are in the body of a certificate (RFC 5280 section 4.1). With the version in front, which those of a CA have:
 * what makes it a CA is an extension, and those came with version 3.
 */
const inBody = { algorithm: 2, issuer: 3, subject: 5, publicKey: 6, extensions: 7 } as const;

/** sha256WithRSAEncryption has parameters, and they are NULL; ecdsa-with-SHA256 has none (RFC 5758 section 3.2). */
function algorithmOf({ asymmetricKeyType }: KeyObject): Asn1 {
  const isRsa = asymmetricKeyType === 'rsa';
  const { Class, Type } = asn1;
  const oid = asn1.oidToDer(isRsa ? rsaWithSha256 : ecdsaWithSha256).getBytes();
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [
    asn1.create(Class.UNIVERSAL, Type.OID, false, oid),
    ...(isRsa ? [asn1.create(Class.UNIVERSAL, Type.NULL, false, '')] : []),
  ]);
}

/** Stands where another key goes. */
const anyRsaKey = pki.setRsaPublicKey(new forge.jsbn.BigInteger('3'), new forge.jsbn.BigInteger('3'));

const bodyOf = ({ raw }: X509Certificate): Asn1 => itemOf(fromDer(raw), 0);

const itemsOf = ({ value }: Asn1): Asn1[] => (Array.isArray(value) ? value : []);

function itemOf(parent: Asn1, index: number): Asn1 {
  const item = itemsOf(parent)[index];
  if (item === undefined) throw new Error(`a certificate lacks its part ${index}`);
  return item;
}

function replace(parent: Asn1, index: number, item: Asn1): void {
  itemsOf(parent)[index] = item;
}

/** node-forge holds bytes as texts of the same codes. */
const toBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const toDer = (value: Asn1): Buffer => Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
const fromDer = (bytes: Uint8Array): Asn1 => asn1.fromDer(toBytes(bytes));
