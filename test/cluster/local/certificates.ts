import forge from 'node-forge';
import { apiService, node, nodeName } from './addresses.ts';

/** A certificate and its private key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Who presents a certificate. RBAC reads the user from the common name, the groups from the organizations. */
export interface Identity {
  readonly user: string;
  readonly group?: string;
  /** Present on serving certificates only: the names and addresses by which clients dial. */
  readonly serves?: { readonly names: readonly string[]; readonly addresses: readonly string[] };
}

/** What certificates take from the outside. */
export interface Surroundings {
  readonly now: Date;
  /** Positive and unique, hexadecimal. */
  readonly newSerial: () => string;
}

const day = 24 * 60 * 60 * 1000;
/** Longer than any test run, shorter than anybody would keep the state of one. */
const lifetime = 30 * day;

/** The identities that need a certificate signed by the cluster's authority. */
export const identities = {
  admin: { user: 'outrider-admin', group: 'system:masters' },
  apiserver: {
    user: 'kube-apiserver',
    serves: {
      names: ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'],
      addresses: [node.ipv4, node.ipv6, apiService, '127.0.0.1'],
    },
  },
  // The API server as a client of the kubelet. The kubelet asks the API server who may exec and read logs,
  // and no default binding grants that to anybody but this group.
  'apiserver-kubelet-client': { user: 'kube-apiserver-kubelet-client', group: 'system:masters' },
  'kube-controller-manager': { user: 'system:kube-controller-manager' },
  'kube-scheduler': { user: 'system:kube-scheduler' },
  'kube-proxy': { user: 'system:kube-proxy' },
  // The Node authorizer and NodeRestriction know a kubelet by exactly this user and group.
  kubelet: { user: `system:node:${nodeName}`, group: 'system:nodes' },
  // exec, logs and port-forward dial the kubelet by its InternalIP.
  'kubelet-serving': {
    user: nodeName,
    serves: { names: [nodeName], addresses: [node.ipv4, node.ipv6] },
  },
} as const satisfies Record<string, Identity>;

/** @param name its own, where others are trusted beside it: a certificate names its CA by that alone. */
export function createAuthority(surroundings: Surroundings, name = 'outrider-test-ca'): KeyPair {
  const keys = forge.pki.rsa.generateKeyPair({ bits: 2048 });
  const subject = subjectOf({ user: name });
  return seal(keys, subject, { subject, key: keys.privateKey }, surroundings, [
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ]);
}

export function issueCertificate(
  authority: KeyPair,
  identity: Identity,
  surroundings: Surroundings,
): KeyPair {
  const keys = forge.pki.rsa.generateKeyPair({ bits: 2048 });
  const issuer = {
    subject: forge.pki.certificateFromPem(authority.certificate).subject.attributes,
    key: forge.pki.privateKeyFromPem(authority.key),
  };
  const { serves } = identity;
  const extensions: object[] = [
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', clientAuth: !serves, serverAuth: Boolean(serves) },
  ];
  if (serves) {
    // RFC 5280, 4.2.1.6: GeneralName 2 is a DNS name, 7 an IP address.
    const altNames = [
      ...serves.names.map((value) => ({ type: 2, value })),
      ...serves.addresses.map((ip) => ({ type: 7, ip })),
    ];
    extensions.push({ name: 'subjectAltName', altNames });
  }
  return seal(keys, subjectOf(identity), issuer, surroundings, extensions);
}

/** The key pair that signs service account tokens; no certificate is involved. */
export function createSigningKey(): { readonly publicKey: string; readonly key: string } {
  const keys = forge.pki.rsa.generateKeyPair({ bits: 2048 });
  return {
    publicKey: forge.pki.publicKeyToPem(keys.publicKey),
    key: forge.pki.privateKeyToPem(keys.privateKey),
  };
}

function subjectOf(identity: Identity): forge.pki.CertificateField[] {
  const subject = [{ name: 'commonName', value: identity.user }];
  if (identity.group) subject.push({ name: 'organizationName', value: identity.group });
  return subject;
}

function seal(
  keys: forge.pki.rsa.KeyPair,
  subject: forge.pki.CertificateField[],
  issuer: { subject: forge.pki.CertificateField[]; key: forge.pki.rsa.PrivateKey },
  { now, newSerial }: Surroundings,
  extensions: object[],
): KeyPair {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = newSerial();
  certificate.validity.notBefore = new Date(now.getTime() - day);
  certificate.validity.notAfter = new Date(now.getTime() + lifetime);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer.subject);
  certificate.setExtensions(extensions);
  certificate.sign(issuer.key, forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate),
    key: forge.pki.privateKeyToPem(keys.privateKey),
  };
}
