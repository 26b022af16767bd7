/** Who may ask: the holder of a certificate of these CAs that has one of these names. */
export interface ClientPolicy {
  /** In PEM, all of them at once: a new one is known before it signs. */
  readonly authorities: string;
  /** Common names, as kube-apiserver's own flags for clients mean them. */
  readonly names: readonly string[];
}

/** What a TLS handshake told of the client. */
export interface Presented {
  /** Of the certificate's subject; several where it has several, `undefined` where it has none. */
  readonly commonName: string | readonly string[] | undefined;
  /** Whether there is a certificate at all. */
  readonly certified: boolean;
  /** Why it is not to be trusted, in OpenSSL's word; `undefined` where it is. */
  readonly flaw: string | undefined;
}

export type Refusal =
  | { readonly reason: 'no-certificate' }
  | { readonly reason: 'not-trusted'; readonly problem: string }
  | { readonly reason: 'name-not-allowed'; readonly name: string };

/**
 * Why the client is not answered; `undefined` where it is. A certificate is asked for by itself: what a library calls
 * authorized may be a session taken up again in which there was none.
 */
export function findRefusal(
  { commonName, certified, flaw }: Presented,
  { names }: Pick<ClientPolicy, 'names'>,
): Refusal | undefined {
  if (!certified) return { reason: 'no-certificate' };
  if (flaw !== undefined) return { reason: 'not-trusted', problem: flaw };
  if (typeof commonName === 'string' && names.includes(commonName)) return undefined;
  return { reason: 'name-not-allowed', name: [commonName ?? ''].flat().join(', ').slice(0, longestName) };
}

/** Of a common name (RFC 5280 appendix A.1): strangers write it, and it goes into the log. */
const longestName = 64;
