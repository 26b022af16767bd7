import forge from 'node-forge';
import type { CertificateBundle } from './bundle.ts';

/** Both certificates live as long as nothing renews them while the webhook runs. */
const lifeYears = 10;

/** Tolerates a clock of the API server's that runs behind ours. */
const backdateMilliseconds = 5 * 60 * 1000;

/**
 * Makes a CA and a serving certificate for `dnsNames`, the first of which is the subject. Keys are RSA-2048;
 * extensions as in RFC 5280 section 4.2.
 */
export function issueBundle(dnsNames: readonly string[], now: Date): CertificateBundle {
  const caKeys = forge.pki.rsa.generateKeyPair(2048);
  const caName = [{ name: 'commonName', value: 'outrider-webhook-ca' }];
  const authority = blankCertificate(caKeys.publicKey, now);
  authority.setSubject(caName);
  authority.setIssuer(caName);
  authority.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  authority.sign(caKeys.privateKey, forge.md.sha256.create());

  const keys = forge.pki.rsa.generateKeyPair(2048);
  const serving = blankCertificate(keys.publicKey, now);
  serving.setSubject([{ name: 'commonName', value: dnsNames[0] ?? '' }]);
  serving.setIssuer(caName);
  serving.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: dnsNames.map((value) => ({ type: 2, value })) },
    { name: 'authorityKeyIdentifier', keyIdentifier: authority.generateSubjectKeyIdentifier().getBytes() },
  ]);
  serving.sign(caKeys.privateKey, forge.md.sha256.create());

  return {
    caCertificate: forge.pki.certificateToPem(authority),
    caKey: forge.pki.privateKeyToPem(caKeys.privateKey),
    certificate: forge.pki.certificateToPem(serving),
    key: forge.pki.privateKeyToPem(keys.privateKey),
  };
}

function blankCertificate(publicKey: forge.pki.rsa.PublicKey, now: Date): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = randomSerial();
  certificate.validity.notBefore = new Date(now.getTime() - backdateMilliseconds);
  certificate.validity.notAfter = new Date(now);
  certificate.validity.notAfter.setUTCFullYear(now.getUTCFullYear() + lifeYears);
  return certificate;
}

/** 20 octets at most, positive, not zero (RFC 5280 section 4.1.2.2). */
function randomSerial(): string {
  return `4${forge.util.bytesToHex(forge.random.getBytesSync(16)).slice(1)}`;
}
